import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { authentication, authorization, decision } from '@tsmicro/contracts-auth';
import { type Operation, OperationChannel } from '@tsmicro/dependency';
import { type NatsClient, requestNats } from '@tsmicro/micro';
import { ApiError, currentContext, RequestContext, runInContext } from '@tsmicro/network';
import type { RunningService } from '@tsmicro/service';
import { decodeJwt } from 'jose';
import { AuthClient, type Person, toPerson } from './auth-client.ts';
import { type AuthFixture, connectAsker, eventually, openAuth, openAuthServer } from './auth-fixture.ts';
import { KeeperChild } from './keeper-child.ts';

const isStatus = (status: number) => (error: unknown) => error instanceof ApiError && error.status === status;

describe('decisions about tokens, on two instances', () => {
  let auth: AuthFixture;
  let second: RunningService;
  let one: AuthClient;
  let other: AuthClient;
  let nats: NatsClient;
  let keeper: KeeperChild;
  let admin: Person;

  before(async () => {
    auth = await openAuth({}, { ownServers: true });
    second = await openAuthServer(auth.surroundings);
    one = auth.client;
    other = new AuthClient(second.address);
    nats = await connectAsker(auth.surroundings);
    keeper = await KeeperChild.start(auth.surroundings.nats.url);
    admin = await one.signInAdmin();
  });
  after(async () => {
    await keeper[Symbol.asyncDispose]();
    await nats.close();
    await other[Symbol.asyncDispose]();
    await second.close();
    await auth[Symbol.asyncDispose]();
  });

  const bearer = ({ tokens }: Person) => ({ value: `Bearer ${tokens.accessToken}` });
  const decide = (person: Person) => requestNats(nats, decision, bearer(person));

  /** How many statements the database was asked while `work` was done, on both instances. */
  async function countStatements(work: () => Promise<unknown>): Promise<number> {
    const requestId = randomUUID();
    let statements = 0;
    const end = new OperationChannel<Operation>('postgres').subscribe({
      onStart: () => {
        if (currentContext()?.requestId === requestId) statements++;
      },
    });
    try {
      await runInContext(new RequestContext({ requestId, timeoutMs: 5_000 }), work);
    } finally {
      end();
    }
    return statements;
  }

  /** Both instances and the keeper go by what they keep. */
  async function warm(person: Person): Promise<void> {
    for (const client of [one, other, one, other]) assert.equal(await client.isIn(person.tokens), true);
    const statements = await eventually(
      () => countStatements(() => decide(person)),
      (count) => count === 0,
    );
    assert.equal(statements, 0);
    const { accessToken } = person.tokens;
    const settled = await eventually(
      async () => {
        const { asked } = await keeper.ask(accessToken);
        return (await keeper.ask(accessToken)).asked - asked;
      },
      (questions) => questions === 0,
    );
    assert.equal(settled, 0);
  }

  /** Nobody lets this token in, from the first request on. */
  async function assertOut(person: Person): Promise<void> {
    const answers = await Promise.all([
      keeper.ask(person.tokens.accessToken),
      ...[one, other].map((client) => client.isIn(person.tokens)),
    ]);
    const [{ status, user }, ...ins] = answers as [{ status?: number; user?: string }, ...boolean[]];
    assert.deepEqual({ status, user, ins }, { status: 401, user: undefined, ins: [false, false] });
    await assert.rejects(requestNats(nats, authentication, bearer(person)), isStatus(401));
    await assert.rejects(decide(person), isStatus(401));
  }

  test('one question tells the user, all roles, the session and its end', async () => {
    const { exp, jti, sub } = decodeJwt(admin.tokens.accessToken);
    const { user, roles, session, expiresAt } = await decide(admin);
    assert.deepEqual({ id: user.id, session, expiresAt }, { id: sub, session: jti, expiresAt: exp });
    assert.deepEqual(roles, ['ADMIN', 'AUTHOR', 'EDITOR', 'LEARNER']);
    assert.deepEqual(Object.keys(user).sort(), ['email', 'id', 'name']);
  });

  test('a cold decision is one query, also for 50 who ask at once; a warm one is none', async () => {
    const person = await one.signUp();
    assert.equal(await countStatements(() => decide(person)), 1);
    await warm(person);
    const { user } = await decide(person);
    assert.equal(await countStatements(() => requestNats(nats, authentication, bearer(person))), 0);
    assert.equal(
      await countStatements(() => requestNats(nats, authorization, { user, roles: ['LEARNER'] })),
      0,
    );
    const crowd = await one.signUp();
    const statements = await countStatements(() =>
      Promise.all(Array.from({ length: 50 }, () => decide(crowd))),
    );
    assert.ok(statements <= 2, `${statements} statements on two instances`);
  });

  const changes: Record<string, (person: Person) => Promise<{ status: number }>> = {
    'a sign-out': ({ tokens }) => one.signOut(tokens),
    'a refresh': ({ tokens }) => one.refresh(tokens),
    'the end of all other sessions': async ({ email, password }) => {
      const { tokens } = toPerson(await one.signIn(email, password), password);
      return one.call('DELETE', '/sessions', { token: tokens.accessToken });
    },
    'another password': async ({ email, password }) => {
      const { tokens } = toPerson(await one.signIn(email, password), password);
      const body = { currentPassword: password, newPassword: 'battery staple' };
      return one.put('/profile/password', body, tokens.accessToken);
    },
    'a deactivation': ({ id }) =>
      one.put(`/admin/users/id/${id.toUpperCase()}/status`, { active: false }, admin.tokens.accessToken),
  };
  for (const [what, change] of Object.entries(changes)) {
    test(`${what} is known everywhere before it is acknowledged`, async () => {
      for (let round = 0; round < 3; round++) {
        const person = await other.signUp();
        await warm(person);
        const answer = await change(person);
        assert.equal(answer.status, 200);
        await assertOut(person);
      }
    });
  }

  test('a role that is lost, and one that is given, is known everywhere before that is acknowledged', async () => {
    const person = await other.signUp();
    const { user } = await decide(person);
    const isAuthor = () =>
      requestNats(nats, authorization, { user, roles: ['AUTHOR'] }).then(
        () => true,
        (error: unknown) => !isStatus(403)(error),
      );
    for (const roles of [['AUTHOR'], ['LEARNER'], ['AUTHOR', 'LEARNER'], []]) {
      await warm(person);
      const path = `/admin/users/id/${person.id}/roles`;
      assert.equal((await one.put(path, { roles }, admin.tokens.accessToken)).status, 200);
      // The queue group spreads them over both instances.
      for (let question = 0; question < 6; question++) {
        assert.equal(await isAuthor(), roles.includes('AUTHOR'));
        assert.deepEqual((await decide(person)).roles, roles);
      }
      assert.deepEqual((await keeper.ask(person.tokens.accessToken)).roles, roles);
    }
  });

  test('a reactivated user is not let in by the sessions of before', async () => {
    const person = await other.signUp();
    await warm(person);
    const path = `/admin/users/id/${person.id}/status`;
    for (const active of [false, true]) {
      assert.equal((await one.put(path, { active }, admin.tokens.accessToken)).status, 200);
    }
    await assertOut(person);
  });

  test('a keeper that was stopped is waited for a second, and lets nobody in when it goes on', async () => {
    const person = await other.signUp();
    await warm(person);
    keeper.pause();
    try {
      const answer = await one.signOut(person.tokens);
      assert.equal(answer.status, 200);
      assert.ok(answer.tookMs > 300 && answer.tookMs < 2_500, `took ${answer.tookMs} ms`);
    } finally {
      keeper.resume();
    }
    await assertOut(person);
  });

  test('without Redis, or while it hangs, all of it holds too', async () => {
    const { redis } = auth.surroundings;
    const [early, late] = [await other.signUp(), await other.signUp()];
    for (const person of [early, late]) await warm(person);
    redis.pause();
    try {
      assert.equal((await one.signOut(early.tokens)).status, 200);
      await assertOut(early);
    } finally {
      redis.resume();
    }
    await assertOut(early);
    await warm(late);
    await redis.kill();
    assert.equal(await one.isIn(late.tokens), true);
    assert.equal((await one.signOut(late.tokens)).status, 200);
    await assertOut(late);
    await redis.start();
    await assertOut(late);
  });

  test('without NATS a sign-out is acknowledged when nobody can go by anything older', async () => {
    const person = await other.signUp();
    await warm(person);
    await auth.surroundings.nats.kill();
    const began = performance.now();
    assert.equal((await one.signOut(person.tokens)).status, 200);
    assert.ok(performance.now() - began < 2_500);
    for (const client of [one, other]) assert.equal(await client.isIn(person.tokens), false);
    await auth.surroundings.nats.start();
    const status = await eventually(
      async () => (await keeper.ask(person.tokens.accessToken)).status,
      (found) => found !== 503,
    );
    assert.equal(status, 401);
  });
});
