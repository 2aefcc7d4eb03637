import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { openRedis } from '@tsmicro/redis';
import type { RunningService } from '@tsmicro/service';
import { type Answer, AuthClient, assertRefused, type Person } from './auth-client.ts';
import { type AuthFixture, eventually, openAuth, openAuthServer } from './auth-fixture.ts';

const perAccount = 10;
const perClient = 25;
const limits = { RATE_LIMIT: 'on', SIGNIN_FAILURES_PER_CLIENT: String(perClient) };
const wrong = 'wrong horse';

/** An address that nobody else tries from. */
let lastClient = 0;
const newClient = () => `203.0.113.${++lastClient}`;
const newEmail = () => `${randomUUID()}@example.com`;

function assertThrottled(answer: Answer, maxSec = 60): void {
  assertRefused(answer, 429, 'too many attempts');
  const retryAfter = Number(answer.headers['retry-after']);
  assert.ok(retryAfter >= 1 && retryAfter <= maxSec, `retry-after ${answer.headers['retry-after']}`);
}

const countOf = (answers: readonly Answer[], status: number) =>
  answers.filter((answer) => answer.status === status).length;

describe('guessing', () => {
  let auth: AuthFixture;
  let second: RunningService;
  let client: AuthClient;
  let other: AuthClient;

  before(async () => {
    auth = await openAuth(limits, { ownServers: true });
    client = auth.client;
    second = await openAuthServer(auth.surroundings, limits);
    other = new AuthClient(second.address);
  });
  after(async () => {
    await other[Symbol.asyncDispose]();
    await second.close();
    await auth[Symbol.asyncDispose]();
  });

  const signIn = (email: string, password: string, { by = newClient(), at = client } = {}) =>
    at.call('POST', '/signin/basic', { body: { email, password }, headers: { 'x-forwarded-for': by } });

  async function failUntilThrottled(email: string): Promise<Answer> {
    for (let failure = 0; failure < perAccount; failure++) {
      assertRefused(await signIn(email, wrong), 401, 'invalid credentials');
    }
    return signIn(email, wrong);
  }

  /** Lets the minute of every count be over so soon. */
  async function endWindows(inMs: number): Promise<void> {
    const { host, port } = auth.surroundings.redis;
    await using redis = await openRedis({ host, port });
    const keys = await redis.run((commands) => commands.keys('auth:failures:*'));
    await Promise.all(keys.map((key) => redis.run((commands) => commands.pExpire(key, inMs))));
  }

  test('an account is throttled after ten failures, from however many addresses, until retry-after', async () => {
    const person = await client.signUp();
    assertThrottled(await failUntilThrottled(person.email));
    assertThrottled(await signIn(person.email.toUpperCase(), person.password));
    assertThrottled(await signIn(person.email, person.password, { at: other }));
    assert.equal((await client.signIn((await client.signUp()).email, 'correct horse')).status, 200);
    await endWindows(30_000);
    assertThrottled(await signIn(person.email, wrong), 30);
    await endWindows(1);
    const back = await eventually(
      () => signIn(person.email, person.password),
      ({ status }) => status === 200,
    );
    assert.equal(back.status, 200);
  });

  test('no spelling that the database takes for the same account has a count of its own', async () => {
    const name = randomUUID();
    const { email } = await client.signUp({ email: `i${name}@example.com` });
    assertThrottled(await failUntilThrottled(email));
    assertThrottled(await signIn(`\u0130${name}@example.com`, wrong));
  });

  test('who is signed in goes on while the account is throttled', async () => {
    const { email, tokens } = await client.signUp();
    assertThrottled(await failUntilThrottled(email));
    assert.equal(await client.isIn(tokens), true);
    const renewed = await client.refresh(tokens);
    assert.equal(renewed.status, 200);
    assert.equal((await client.get('/profile/mine', renewed.body.data?.accessToken)).status, 200);
  });

  test('an account that does not exist is throttled in the same way and words', async () => {
    const known = await failUntilThrottled((await client.signUp()).email);
    const unknown = await failUntilThrottled(newEmail());
    for (const answer of [known, unknown]) assertThrottled(answer);
    const { requestId, ...body } = known.body;
    assert.deepEqual({ ...unknown.body, requestId }, { ...body, requestId });
  });

  test('of many guesses at once, at two instances, exactly ten are looked at', async () => {
    const { email, tokens } = await client.signUp();
    const guesses = Array.from({ length: 60 }, (_, i) =>
      signIn(email, wrong, { at: i % 2 === 0 ? client : other }),
    );
    const answers = await Promise.all(guesses);
    assert.equal(countOf(answers, 401), perAccount);
    // Those that found no place in the queue for hashes were not looked at either.
    assert.equal(countOf(answers, 429) + countOf(answers, 503), 50);
    assertThrottled(await signIn(email, wrong));
    assert.equal(await client.isIn(tokens), true);
  });

  test('what succeeds does not count', async () => {
    const { email, password } = await client.signUp();
    const by = newClient();
    for (let i = 0; i < perAccount + 2; i++)
      assert.equal((await signIn(email, password, { by })).status, 200);
    for (let failure = 0; failure < perAccount; failure++) {
      assert.equal((await signIn(email, wrong, { by })).status, 401);
      if (failure < perAccount - 1) assert.equal((await signIn(email, password, { by })).status, 200);
    }
    assertThrottled(await signIn(email, password, { by }));
  });

  test('a client is throttled over all accounts and instances; what it claims of itself changes nothing', async () => {
    const by = newClient();
    const guess = (i: number) =>
      signIn(newEmail(), wrong, { by: `198.51.100.${i}, ${by}`, at: i % 2 === 0 ? client : other });
    const answers: Answer[] = [];
    for (let i = 0; i < perClient + 15; i += 5) {
      answers.push(...(await Promise.all([0, 1, 2, 3, 4].map((j) => guess(i + j)))));
    }
    assert.equal(countOf(answers, 401), perClient);
    assert.equal(countOf(answers, 429), 15);
    const person = await client.signUp();
    assertThrottled(await signIn(person.email, person.password, { by: `192.0.2.1,${by}` }));
    assert.equal((await signIn(person.email, person.password)).status, 200);
  });

  test('sign-ups that find the email taken are counted for the client, others are not', async () => {
    const headers = { 'x-forwarded-for': newClient() };
    const signUp = (email: string) =>
      client.call('POST', '/signup/basic', {
        body: { email, password: 'correct horse', name: 'Ann' },
        headers,
      });
    const taken = newEmail();
    assert.equal((await signUp(taken)).status, 200);
    for (let failure = 0; failure < perClient; failure++) {
      assertRefused(await signUp(taken), 400, 'user already registered');
    }
    assertThrottled(await signUp(newEmail()));
    assert.equal((await client.signUp()).email.length > 0, true);
  });

  test('refreshes that fail, by either token, are counted for the client; sessions stay as they are', async () => {
    const { tokens } = await client.signUp();
    const headers = { 'x-forwarded-for': newClient() };
    const refresh = (accessToken: string, refreshToken: string, from = headers) =>
      client.call('POST', '/token/refresh', { token: accessToken, body: { refreshToken }, headers: from });
    for (let failure = 0; failure < perClient; failure++) {
      const answer = await (failure % 2 === 0
        ? refresh('a.b.c', tokens.refreshToken)
        : refresh(tokens.accessToken, tokens.accessToken));
      assert.equal(answer.status, 401);
    }
    assertThrottled(await refresh(tokens.accessToken, tokens.refreshToken));
    assert.equal(await client.isIn(tokens), true);
    const elsewhere = { 'x-forwarded-for': newClient() };
    assert.equal((await refresh(tokens.accessToken, tokens.refreshToken, elsewhere)).status, 200);
  });

  test('the clock does not tell a known account from an unknown one', async (t) => {
    const people: Person[] = [];
    for (let i = 0; i < 2; i++) people.push(await client.signUp());
    const took = { known: [] as number[], unknown: [] as number[] };
    for (const { email } of people) {
      for (let i = 0; i < perAccount - 1; i++) {
        took.known.push((await signIn(email, wrong)).tookMs);
        took.unknown.push((await signIn(newEmail(), wrong)).tookMs);
      }
    }
    const medianOf = (times: number[]) => times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;
    const ratio = medianOf(took.known) / medianOf(took.unknown);
    t.diagnostic(`known / unknown: ${ratio.toFixed(2)}`);
    assert.ok(ratio > 0.6 && ratio < 1.6, `known takes ${ratio.toFixed(2)} times what unknown takes`);
  });

  test('a failure of ours is nobody’s guess', async () => {
    const { email, password } = await client.signUp();
    await auth.surroundings.postgres.kill();
    for (let i = 0; i < perAccount + 1; i++) assert.equal((await signIn(email, password)).status, 503);
    await auth.surroundings.postgres.start();
    const back = await eventually(
      () => signIn(email, password),
      ({ status }) => status !== 503,
      10_000,
    );
    assert.equal(back.status, 200);
  });

  test('with Redis hung or dead guesses are counted all the same, at once, and nothing is a 5xx', async () => {
    for (const end of ['pause', 'kill'] as const) {
      const { email, password, tokens } = await client.signUp();
      await auth.surroundings.redis[end]();
      const first = await signIn(email, password);
      assert.equal(first.status, 200);
      assert.ok(first.tookMs < 2_500);
      assertThrottled(await failUntilThrottled(email));
      assertThrottled(await signIn(email, password));
      assert.equal(await client.isIn(tokens), true);
      if (end === 'pause') auth.surroundings.redis.resume();
      else await auth.surroundings.redis.start();
    }
  });
});

test('RATE_LIMIT=off: failures are never too many', async () => {
  await using auth = await openAuth({ RATE_LIMIT: 'off' });
  const email = newEmail();
  for (let i = 0; i < perAccount + 3; i++) {
    assertRefused(await auth.client.signIn(email, wrong), 401, 'invalid credentials');
  }
});
