import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { NatsClient } from '@tsmicro/micro';
import { type Answer, type AuthClient, assertRefused, type Person } from './auth-client.ts';
import { type AuthFixture, connectAsker, eventually, openAuth } from './auth-fixture.ts';

const seedKey = { 'x-api-key': '1D3F2DD1A5DE725DD4DF1D82BBB37' };

describe('while a dependency is down', () => {
  let auth: AuthFixture;
  let client: AuthClient;
  let person: Person;
  let nats: NatsClient;

  before(async () => {
    auth = await openAuth({}, { ownServers: true });
    client = auth.client;
    person = await client.signUp();
    nats = await connectAsker(auth.surroundings);
  });
  after(async () => {
    await nats.close();
    await auth[Symbol.asyncDispose]();
  });

  /** Every call that needs the database. */
  const calls: Record<string, () => Promise<Answer>> = {
    signUp: () =>
      client.post('/signup/basic', { email: 'late@example.com', password: 'correct horse', name: 'Late' }),
    signIn: () => client.signIn(person.email, person.password),
    signInUnknown: () => client.signIn('nobody@example.com', 'correct horse'),
    refresh: () => client.refresh(person.tokens),
    signOut: () => client.signOut(person.tokens),
    mine: () => client.get('/profile/mine', person.tokens.accessToken),
    changeMine: () => client.put('/profile/mine', { name: 'Late' }, person.tokens.accessToken),
    changePassword: () =>
      client.put(
        '/profile/password',
        { currentPassword: person.password, newPassword: 'battery staple' },
        person.tokens.accessToken,
      ),
    leave: () => client.call('DELETE', '/profile/mine', { token: person.tokens.accessToken }),
    users: () => client.get('/admin/users', person.tokens.accessToken),
    profile: () => client.get('/profile/id/00000000-0000-4000-8000-000000000000'),
    apiKey: () => client.call('GET', '/verify/apikey', { headers: seedKey }),
    unknownApiKey: () => client.call('GET', '/verify/apikey', { headers: { 'x-api-key': 'unknown' } }),
  };

  async function ask(
    subject: string,
    data: unknown,
    timeoutMs = 10_000,
  ): Promise<{ text: string; tookMs: number }> {
    const began = performance.now();
    const reply = await nats.connection.request(subject, JSON.stringify({ data }), { timeout: timeoutMs });
    return { text: reply.string(), tookMs: performance.now() - began };
  }

  async function assertUnavailable(withinMs: number): Promise<void> {
    const { id, email, tokens } = person;
    const questions = {
      'auth.authentication': { value: `Bearer ${tokens.accessToken}` },
      'auth.authorization': { user: { id, name: 'Ann', email }, roles: ['LEARNER'] },
      'auth.profile.user': { value: id },
      'auth.profile.users': { ids: [id] },
      'auth.apikey.verification': { value: 'unknown' },
    };
    const overHttp = Object.entries(calls).map(async ([name, call]) => {
      const answer = await call();
      assertRefused(answer, 503, 'service unavailable');
      assert.equal(answer.headers['retry-after'], '1');
      assert.ok(answer.tookMs < withinMs, `${name} took ${answer.tookMs} ms`);
    });
    const overNats = Object.entries(questions).map(async ([subject, data]) => {
      const { text, tookMs } = await ask(subject, data);
      assert.equal(text, '{"error":"503:service unavailable"}');
      assert.ok(tookMs < withinMs, `${subject} took ${tookMs} ms`);
    });
    await Promise.all([...overHttp, ...overNats]);
    assert.equal((await client.get('/health')).status, 200);
    // What needs no database to be judged is judged.
    assertRefused(await client.get('/profile/mine', 'x'), 401, 'access token is invalid');
    assertRefused(await client.post('/signin/basic', {}), 400, 'email is required, password is required');
  }

  async function assertBackWithin(deadlineMs: number): Promise<void> {
    const answer = await eventually(
      () => client.signIn(person.email, person.password),
      ({ status }) => status === 200,
      deadlineMs,
    );
    assert.equal(answer.status, 200);
    assert.equal(await client.isIn(person.tokens), true);
  }

  test('a dead PostgreSQL is a 503 within 1.5 s everywhere, and never a denial', async () => {
    // Nothing is known of somebody new: what is kept of others holds for as long as nobody can change it.
    person = await client.signUp();
    await auth.surroundings.postgres.kill();
    await assertUnavailable(1_500);
    await auth.surroundings.postgres.start();
    await assertBackWithin(3_000);
  });

  test('a hanging PostgreSQL is a 503 within 2.5 s everywhere, and never a denial', async () => {
    person = await client.signUp();
    auth.surroundings.postgres.pause();
    try {
      await assertUnavailable(2_500);
    } finally {
      auth.surroundings.postgres.resume();
    }
    await assertBackWithin(3_000);
  });

  test('without Redis everything works, and a hanging one costs little', async () => {
    const { redis } = auth.surroundings;
    const profile = () => client.get(`/profile/id/${person.id}`);
    await redis.kill();
    for (let round = 0; round < 5; round++) assert.equal((await profile()).body.data?.id, person.id);
    assert.equal((await client.signIn(person.email, person.password)).status, 200);
    await redis.start();
    assert.equal((await profile()).status, 200);
    redis.pause();
    try {
      const answers = [await profile(), await profile(), await profile()];
      for (const { status } of answers) assert.equal(status, 200);
      assert.ok(Math.max(...answers.map(({ tookMs }) => tookMs)) < 500);
    } finally {
      redis.resume();
    }
  });

  test('without NATS the HTTP half works, and the NATS half comes back', async () => {
    await auth.surroundings.nats.kill();
    assert.equal((await client.signIn(person.email, person.password)).status, 200);
    assert.equal(await client.isIn(person.tokens), true);
    await auth.surroundings.nats.start();
    const text = await eventually(
      () => ask('auth.profile.user', { value: person.id }, 500).then(({ text }) => text, String),
      (answer) => answer.startsWith('{"data"'),
    );
    assert.match(text, /^\{"data":\{"id"/);
  });
});
