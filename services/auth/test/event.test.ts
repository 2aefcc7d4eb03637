import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  sessionRevoked,
  userDeactivated,
  userRegistered,
  userRolesChanged,
  userUpdated,
} from '@tsmicro/contracts-auth';
import { createInbox, sql } from '@tsmicro/postgres';
import { Ear } from '../../../packages/micro/test/events/ear.ts';
import { AuthClient, type Person } from './auth-client.ts';
import { eventually, openAuthServer, openSurroundings, type Surroundings } from './auth-fixture.ts';
import { AuthProcess } from './auth-process.ts';

const told = [userRegistered, userUpdated, userDeactivated, userRolesChanged, sessionRevoked];

describe('events of the auth service', () => {
  const opened = new AsyncDisposableStack();
  let surroundings: Surroundings;
  let ear: Ear;

  before(async () => {
    surroundings = opened.use(await openSurroundings());
    ear = opened.use(await Ear.open(surroundings.nats.url, 'auth', told));
  });
  after(() => opened.disposeAsync());

  type Use<T> = (client: AuthClient) => Promise<T>;

  /** What `use` gives, of a service that runs meanwhile. */
  async function whileRunning<T>(use: Use<T>): Promise<T> {
    await using server = await openAuthServer(surroundings);
    await using client = new AuthClient(server.address);
    return await use(client);
  }

  /** What `use` gives, of a process that then ends in an instant. */
  async function untilKilled<T>(use: Use<T>): Promise<T> {
    await using auth = new AuthProcess({ ...surroundings.environment, LOG_LEVEL: 'info' });
    const { address } = await auth.line('auth is ready');
    await using client = new AuthClient(address ?? '');
    const result = await use(client);
    await auth.kill();
    return result;
  }

  const waiting = async () => {
    const { rows } = await sql`select from events_outbox`.execute(surroundings.database.db);
    return rows.length;
  };

  test('a user is told of from sign-up to sign-out, in order, with nothing that is a secret', async () => {
    const person = await whileRunning(async (client): Promise<Person> => {
      const signedUp = await client.signUp({ name: 'Ann' });
      const { body } = await client.refresh(signedUp.tokens);
      const { accessToken = '', refreshToken = '' } = body.data ?? {};
      const tokens = { accessToken, refreshToken };
      assert.equal((await client.signOut(tokens)).status, 200);
      await ear.whatHappened(signedUp.id, 3);
      return { ...signedUp, tokens };
    });
    const happened = await ear.whatHappened(person.id, 3);
    assert.deepEqual(happened, ['user.registered', 'session.revoked', 'session.revoked']);
    assert.deepEqual(ear.of(person.id)[0]?.data, { id: person.id, name: 'Ann' });
    const text = JSON.stringify(ear.of(person.id));
    for (const secret of [person.email, person.password, person.tokens.accessToken, 'argon2id']) {
      assert.equal(text.includes(secret), false, secret);
    }
  });

  test('a sign-up that is refused is not told of', async () => {
    const { id, email } = await whileRunning(async (client) => {
      const first = await client.signUp();
      const again = { email: first.email, password: 'correct horse', name: 'Ann' };
      assert.equal((await client.post('/signup/basic', again)).status, 400);
      const next = await client.signUp();
      await ear.whatHappened(next.id, 1);
      return first;
    });
    assert.deepEqual(await ear.whatHappened(id, 1), ['user.registered']);
    assert.equal(
      ear.events.some((event) => JSON.stringify(event).includes(email)),
      false,
    );
  });

  test('killed between commit and publishing, it tells after the next start', async () => {
    const people = await untilKilled(async (client) => {
      await surroundings.nats.kill();
      const signedUp = await Promise.all([client.signUp(), client.signUp()]);
      assert.equal((await client.signOut(signedUp[0].tokens)).status, 200);
      return signedUp;
    });
    assert.equal(await waiting(), 3);
    await surroundings.nats.start();
    await whileRunning(async () => {
      const happened = people.map(({ id }, place) => ear.whatHappened(id, 2 - place));
      const expected = [['user.registered', 'session.revoked'], ['user.registered']];
      assert.deepEqual(await Promise.all(happened), expected);
      assert.equal(await eventually(waiting, (count) => count === 0), 0);
    });
  });

  test('killed between publishing and taking out, it tells again what has one effect', async () => {
    const { db } = surroundings.database;
    const forbid = sql.raw(`
      create function keep_events() returns trigger language plpgsql as $$
        begin raise exception 'not now'; end
      $$;
      create trigger keep_events before delete on events_outbox execute function keep_events();
    `);
    await forbid.execute(db);
    const person = await untilKilled(async (client) => {
      const signedUp = await client.signUp();
      await ear.whatHappened(signedUp.id, 1);
      return signedUp;
    });
    assert.equal(await waiting(), 1);
    await sql.raw('drop trigger keep_events on events_outbox').execute(db);
    const next = await whileRunning(async (client) => {
      assert.equal(await eventually(waiting, (count) => count === 0), 0);
      return await client.signUp();
    });
    await ear.whatHappened(next.id, 1);
    assert.deepEqual(await ear.whatHappened(person.id, 1), ['user.registered']);
    // The stream has known it. A consumer knows it too, when the stream has long forgotten.
    const [event] = ear.of(person.id);
    assert.ok(event);
    const inbox = createInbox(surroundings.database);
    const once = () => inbox.once('mail-auth', event, async () => undefined);
    assert.deepEqual([await once(), await once()], [true, false]);
  });
});
