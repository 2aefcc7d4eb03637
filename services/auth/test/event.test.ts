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
import { KeeperChild } from './keeper-child.ts';
import { Link } from './link.ts';

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

  test('killed between commit and notice, another instance has nobody go by what was before', async () => {
    const { environment, nats, redis, database } = surroundings;
    await using natsLink = await Link.to(nats.port);
    await using redisLink = await Link.to(redis.port);
    await using keeper = await KeeperChild.start(nats.url);
    await whileRunning(async (other) => {
      const person = await other.signUp();
      const { accessToken } = person.tokens;
      await using auth = new AuthProcess({
        ...environment,
        NATS_URL: `nats://127.0.0.1:${natsLink.port}`,
        REDIS_PORT: String(redisLink.port),
        LOG_LEVEL: 'info',
      });
      const { address } = await auth.line('auth is ready');
      await using client = new AuthClient(address ?? '');
      await ear.whatHappened(person.id, 1);
      for (const instance of [client, other]) assert.equal(await instance.isIn(person.tokens), true);
      assert.equal((await keeper.ask(accessToken)).user, person.id);
      for (const link of [natsLink, redisLink]) link.hold();
      const left = client.signOut(person.tokens).catch(() => undefined);
      const countSessions = async () => {
        const { rows } = await sql`select from keystore where user_id = ${person.id}`.execute(database.db);
        return rows.length;
      };
      assert.equal(await eventually(countSessions, (count) => count === 0), 0);
      await auth.kill();
      await Promise.all([left, natsLink.close(), redisLink.close()]);
      // Less than what is kept would live.
      const isIn = await eventually(
        () => other.isIn(person.tokens),
        (found) => !found,
        15_000,
      );
      assert.equal(isIn, false);
      const status = await eventually(
        async () => (await keeper.ask(accessToken)).status,
        (found) => found === 401,
      );
      assert.equal(status, 401);
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
