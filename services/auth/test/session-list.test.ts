import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { sql } from '@tsmicro/postgres';
import { type AuthClient, assertRefused, type Data, type Tokens, toList, toPerson } from './auth-client.ts';
import { type AuthFixture, eventually, openAuth } from './auth-fixture.ts';

describe("one's own sessions", () => {
  let auth: AuthFixture;
  let client: AuthClient;

  before(async () => {
    auth = await openAuth();
    client = auth.client;
  });
  after(() => auth[Symbol.asyncDispose]());

  const list = async ({ accessToken }: Tokens) => toList(await client.get('/sessions', accessToken));
  const idOf = (sessions: Data[]) => sessions.find(({ current }) => current)?.id ?? '';
  const end = (path: string, { accessToken }: Tokens) => client.call('DELETE', path, { token: accessToken });
  const signInAs = async (email: string, password: string, userAgent: string) => {
    const body = { email, password };
    const answer = await client.call('POST', '/signin/basic', { body, headers: { 'user-agent': userAgent } });
    return toPerson(answer, password).tokens;
  };

  test('all of them are listed, newest first, with where they were begun and which one asks', async () => {
    const { email, password, tokens } = await client.signUp();
    const other = await signInAs(email, password, `Lynx/2.9 ${'x'.repeat(500)}`);
    const sessions = await list(other);
    assert.deepEqual(
      sessions.map(({ current }) => current),
      [true, false],
    );
    const [newest, oldest] = sessions;
    assert.deepEqual(Object.keys(newest ?? {}).sort(), ['createdAt', 'current', 'id', 'userAgent']);
    assert.deepEqual(Object.keys(oldest ?? {}).sort(), ['createdAt', 'current', 'id']);
    assert.match(newest?.userAgent ?? '', /^Lynx\/2\.9 x{247}$/);
    for (const { id, createdAt } of sessions) {
      assert.match(id ?? '', /^[0-9a-f-]{36}$/);
      assert.ok(Math.abs(Date.parse(createdAt ?? '') - Date.now()) < 60_000, createdAt);
    }
    assert.equal(idOf(await list(tokens)), oldest?.id);
  });

  test('when a session was used last is known soon after', async () => {
    const { tokens } = await client.signUp();
    const [session] = await eventually(
      () => list(tokens),
      ([first]) => first?.lastUsedAt !== undefined,
    );
    assert.ok(Math.abs(Date.parse(session?.lastUsedAt ?? '') - Date.now()) < 60_000);
  });

  test('one of them is ended by its id, in any letter case, and no other', async () => {
    const { email, password, tokens } = await client.signUp();
    const [second, third] = [await signInAs(email, password, 'b'), await signInAs(email, password, 'c')];
    assert.equal(await client.isIn(second), true);
    const answer = await end(`/sessions/id/${idOf(await list(second)).toUpperCase()}`, tokens);
    assert.deepEqual(answer.body, { code: '10000', status: 200, message: 'success' });
    assert.equal(await client.isIn(second), false);
    assertRefused(await client.refresh(second), 401, 'access token is invalid');
    for (const left of [tokens, third]) assert.equal(await client.isIn(left), true);
    assert.equal((await list(tokens)).length, 2);
  });

  test("nobody ends another user's session, or one that is not there", async () => {
    const [ann, bob] = [await client.signUp(), await client.signUp()];
    for (const id of [idOf(await list(bob.tokens)), randomUUID()]) {
      assertRefused(await end(`/sessions/id/${id}`, ann.tokens), 404, 'session not found');
    }
    assertRefused(await end('/sessions/id/first', ann.tokens), 400, /id/);
    assertRefused(await client.call('DELETE', '/sessions'), 401, 'authorization header is missing');
    assertRefused(await client.get('/sessions'), 401, 'authorization header is missing');
    assert.equal(await client.isIn(bob.tokens), true);
  });

  test('all but the one that asks are ended at once', async () => {
    const { email, password, tokens } = await client.signUp();
    const others = [await signInAs(email, password, 'b'), await signInAs(email, password, 'c')];
    for (const other of others) assert.equal(await client.isIn(other), true);
    const answer = await end('/sessions', tokens);
    assert.deepEqual(answer.body, { code: '10000', status: 200, message: 'success' });
    for (const other of others) assert.equal(await client.isIn(other), false);
    assert.equal(await client.isIn(tokens), true);
    assert.deepEqual(
      (await list(tokens)).map(({ current }) => current),
      [true],
    );
  });

  test('a refresh keeps the session and what is known of it', async () => {
    const { email, password } = await client.signUp();
    const tokens = await signInAs(email, password, 'Lynx');
    const id = idOf(await list(tokens));
    const { accessToken = '', refreshToken = '' } = (await client.refresh(tokens)).body.data ?? {};
    const [session] = await list({ accessToken, refreshToken });
    assert.equal(session?.id, id);
    assert.equal(session?.userAgent, 'Lynx');
  });

  test('a session of gomicro, which says less of itself, is listed too', async () => {
    const { id, tokens } = await client.signUp();
    const { db } = auth.surroundings.database;
    await sql`update keystore set expires_at = null, user_agent = null where user_id = ${id}`.execute(db);
    assert.equal((await list(tokens)).length, 1);
    assert.equal((await client.refresh(tokens)).status, 200);
  });
});
