import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { sql } from '@tsmicro/postgres';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { type AuthClient, assertRefused, toPerson } from './auth-client.ts';
import { type AuthFixture, openAuth } from './auth-fixture.ts';

describe('sessions', () => {
  let auth: AuthFixture;
  let client: AuthClient;

  before(async () => {
    auth = await openAuth();
    client = auth.client;
  });
  after(() => auth[Symbol.asyncDispose]());

  test('signing up gives a learner and tokens that work at once', async () => {
    const body = {
      email: 'Ann.Lee@Example.com',
      password: 'correct horse',
      name: 'Ann Lee',
      profilePicUrl: 'https://example.com/ann.png',
      verified: true,
      roles: ['ADMIN'],
    };
    const { status, body: answer } = await client.post('/signup/basic', body);
    assert.equal(status, 200);
    assert.equal(answer.code, '10000');
    assert.equal(answer.message, 'success');
    const { user, tokens } = answer.data ?? {};
    assert.deepEqual(Object.keys(user ?? {}).sort(), ['email', 'id', 'name', 'profilePicUrl', 'roles']);
    assert.deepEqual(
      { email: user?.email, name: user?.name, profilePicUrl: user?.profilePicUrl },
      { email: 'ann.lee@example.com', name: 'Ann Lee', profilePicUrl: 'https://example.com/ann.png' },
    );
    assert.deepEqual(
      user?.roles?.map(({ code }) => code),
      ['LEARNER'],
    );
    const mine = await client.get('/profile/mine', tokens?.accessToken);
    assert.deepEqual(mine.body.data, user);
  });

  test('a sign-up is refused with every bad field named', async () => {
    assertRefused(
      await client.post('/signup/basic', {}),
      400,
      'email is required, password is required, name is required',
    );
    assertRefused(
      await client.post('/signup/basic', {
        email: 'nobody',
        password: '12345',
        name: 'A',
        profilePicUrl: 'javascript:alert(1)',
      }),
      400,
      'email is not a valid email, password must be at least 6 characters, name must be at least 2 characters, profilePicUrl is not a valid URL',
    );
    assertRefused(
      await client.post('/signup/basic', {
        email: 'a@b.co',
        password: 'x'.repeat(101),
        name: 'n'.repeat(201),
      }),
      400,
      'password must be at most 100 characters, name must be at most 200 characters',
    );
  });

  test('an email is taken in any letter case', async () => {
    const { email } = await client.signUp();
    const again = { email: email.toUpperCase(), password: 'another one', name: 'Bob' };
    assertRefused(await client.post('/signup/basic', again), 400, 'user already registered');
  });

  test('signing in takes the email in any letter case and opens a session beside the others', async () => {
    const person = await client.signUp();
    const answer = await client.signIn(person.email.toUpperCase(), person.password);
    assert.equal(answer.status, 200);
    const { tokens, id } = toPerson(answer, person.password);
    assert.equal(id, person.id);
    assert.equal(await client.isIn(tokens), true);
    assert.equal(await client.isIn(person.tokens), true);
    assert.equal((await client.signOut(tokens)).status, 200);
    assert.equal(await client.isIn(person.tokens), true);
  });

  test('unknown, inactive and mistaken sign-ins get the same answer', async () => {
    const person = await client.signUp();
    const inactive = await client.signUp();
    await sql`update users set status = false where id = ${inactive.id}`.execute(
      auth.surroundings.database.db,
    );
    assertRefused(await client.signIn(person.email, 'wrong password'), 401, 'invalid credentials');
    assertRefused(
      await client.signIn(`${randomUUID()}@example.com`, 'any password'),
      401,
      'invalid credentials',
    );
    assertRefused(await client.signIn(inactive.email, inactive.password), 401, 'invalid credentials');
  });

  test('all of a password counts', async () => {
    const password = 'é'.repeat(100);
    const { email } = await client.signUp({ password });
    assert.equal((await client.signIn(email, password)).status, 200);
    assertRefused(await client.signIn(email, `${'é'.repeat(99)}e`), 401, 'invalid credentials');
  });

  test('tokens carry the claims of the contract and the key by its thumbprint', async () => {
    const { id, tokens } = await client.signUp();
    const {
      body: { keys },
    } = await client.get('/.well-known/jwks.json');
    for (const [token, lifeSec, use] of [
      [tokens.accessToken, 172_800, 'access'],
      [tokens.refreshToken, 604_800, 'refresh'],
    ] as const) {
      const { iss, sub, aud, iat = 0, nbf, exp, jti, ...rest } = decodeJwt(token);
      assert.deepEqual(
        { iss, sub, aud, nbf, exp, rest },
        {
          iss: 'api.goserve.afteracademy.com',
          sub: id,
          aud: ['goserve.afteracademy.com'],
          nbf: iat,
          exp: iat + lifeSec,
          rest: { token_use: use },
        },
      );
      assert.ok(Number.isInteger(iat) && Math.abs(iat - Date.now() / 1_000) < 5);
      assert.ok((jti ?? '').length >= 32);
      assert.deepEqual(decodeProtectedHeader(token), { alg: 'RS256', typ: 'JWT', kid: keys?.[0]?.kid });
    }
    assert.deepEqual(Object.keys(keys?.[0] ?? {}).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  test('a refresh exchanges both tokens, and the old ones are dead', async () => {
    const { tokens } = await client.signUp();
    const answer = await client.refresh(tokens);
    assert.equal(answer.status, 200);
    assert.deepEqual(Object.keys(answer.body.data ?? {}), ['accessToken', 'refreshToken']);
    const { accessToken = '', refreshToken = '' } = answer.body.data ?? {};
    assert.equal(await client.isIn({ accessToken, refreshToken }), true);
    assert.equal(await client.isIn(tokens), false);
    assertRefused(await client.refresh(tokens), 401, 'access token is invalid');
    assert.equal((await client.refresh({ accessToken, refreshToken })).status, 200);
  });

  test('tokens of two sessions, of two users or in the wrong place refresh nothing and harm nothing', async () => {
    const person = await client.signUp();
    const second = toPerson(await client.signIn(person.email, person.password), person.password);
    const other = await client.signUp();
    const { accessToken, refreshToken } = person.tokens;
    for (const pair of [
      { accessToken, refreshToken: second.tokens.refreshToken },
      { accessToken, refreshToken: other.tokens.refreshToken },
      { accessToken, refreshToken: accessToken },
      { accessToken, refreshToken: 'nonsense' },
      { accessToken, refreshToken: 'x'.repeat(100_000) },
    ]) {
      assertRefused(await client.refresh(pair), 401, 'refresh token is invalid');
    }
    assertRefused(
      await client.refresh({ accessToken: refreshToken, refreshToken }),
      401,
      'access token is invalid',
    );
    assertRefused(await client.post('/token/refresh', {}, accessToken), 400, 'refreshToken is required');
    assertRefused(await client.post('/token/refresh', {}), 401, 'authorization header is missing');
    const gone = await client.signUp();
    await client.signOut(gone.tokens);
    assertRefused(
      await client.post('/token/refresh', {}, gone.tokens.accessToken),
      401,
      'access token is invalid',
    );
    for (const { tokens } of [person, second, other])
      assert.equal((await client.refresh(tokens)).status, 200);
  });

  test('signing out ends this session: its tokens are dead', async () => {
    const { tokens } = await client.signUp();
    const answer = await client.signOut(tokens);
    assert.deepEqual(answer.body, { code: '10000', status: 200, message: 'signout success' });
    assertRefused(await client.signOut(tokens), 401, 'access token is invalid');
    assertRefused(await client.refresh(tokens), 401, 'access token is invalid');
  });

  test('a deactivated account is out at the next request and cannot refresh', async () => {
    const { id, tokens } = await client.signUp();
    await sql`update users set status = false where id = ${id}`.execute(auth.surroundings.database.db);
    assert.equal(await client.isIn(tokens), false);
    assertRefused(await client.refresh(tokens), 401, 'access token is invalid');
  });

  test('sessions whose tokens have expired are swept when their user signs in', async () => {
    const { id, email, password } = await client.signUp();
    const { db } = auth.surroundings.database;
    await sql`update keystore set expires_at = now() - interval '1 minute' where user_id = ${id}`.execute(db);
    await client.signIn(email, password);
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from keystore where user_id = ${id}
    `.execute(db);
    assert.equal(rows[0]?.count, 1);
  });
});
