import assert from 'node:assert/strict';
import { createPrivateKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { CompactSign, decodeJwt, decodeProtectedHeader, UnsecuredJWT } from 'jose';
import { type AuthClient, assertRefused, type Person } from './auth-client.ts';
import { type AuthFixture, openAuth } from './auth-fixture.ts';

describe('tokens', () => {
  let auth: AuthFixture;
  let client: AuthClient;
  let person: Person;
  let ours: KeyObject;
  let kid: string;

  before(async () => {
    auth = await openAuth();
    client = auth.client;
    person = await client.signUp();
    ours = createPrivateKey(auth.surroundings.privateKey);
    kid = decodeProtectedHeader(person.tokens.accessToken).kid ?? '';
  });
  after(() => auth[Symbol.asyncDispose]());

  const claims = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
    ...decodeJwt(person.tokens.accessToken),
    ...changes,
  });
  const sign = (payload: unknown, key: KeyObject = ours, header: Record<string, unknown> = {}) =>
    new CompactSign(Buffer.from(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'RS256', kid, ...header })
      .sign(key);
  const now = () => Math.floor(Date.now() / 1_000);

  async function assertUseless(token: string, message = 'access token is invalid') {
    assertRefused(await client.get('/profile/mine', token), 401, message);
    const { refreshToken } = person.tokens;
    assertRefused(await client.refresh({ accessToken: token, refreshToken }), 401, 'access token is invalid');
    assert.equal(await client.isIn(person.tokens), true);
  }

  test('a token signed by hand with our key is let in: what follows is refused for its fault alone', async () => {
    const answer = await client.get('/profile/mine', await sign(claims()));
    assert.equal(answer.body.data?.id, person.id);
  });

  test('alg none is refused', async () => {
    await assertUseless(new UnsecuredJWT(claims()).encode());
    const [, body, signature] = person.tokens.accessToken.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    await assertUseless(`${none}.${body}.${signature}`);
  });

  test('HS256 with the public key as secret is refused', async () => {
    const secret = createSecretKey(Buffer.from(auth.surroundings.publicKey));
    await assertUseless(await sign(claims(), secret, { alg: 'HS256' }));
  });

  test('another RSA algorithm with our own key is refused', async () => {
    for (const alg of ['RS512', 'PS256']) await assertUseless(await sign(claims(), ours, { alg }));
  });

  test("a stranger's key is refused, also when the header brings or points to it", async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const jwk = publicKey.export({ format: 'jwk' });
    await assertUseless(await sign(claims(), privateKey));
    await assertUseless(await sign(claims(), privateKey, { jwk }));
    await assertUseless(await sign(claims(), privateKey, { kid: 'mine', jku: 'http://127.0.0.1:9/keys' }));
    await assertUseless(await sign(claims(), privateKey, { x5u: 'http://127.0.0.1:9/cert', x5c: ['MIIB'] }));
  });

  test('an unknown kid is refused, none at all is as gomicro signs', async () => {
    await assertUseless(await sign(claims(), ours, { kid: 'unknown' }));
    const token = await sign(claims(), ours, { kid: undefined });
    assert.equal((await client.get('/profile/mine', token)).status, 200);
  });

  test('every claim must be there, of its type and ours', async () => {
    const { exp, iat, jti, nbf } = claims();
    for (const name of ['aud', 'exp', 'iat', 'iss', 'jti', 'nbf', 'sub']) {
      await assertUseless(await sign(claims({ [name]: undefined })));
    }
    const wrong = [
      { iss: 'somebody.else' },
      { aud: ['somebody.else'] },
      { sub: 'admin' },
      { sub: "' or 1=1 --" },
      { jti: 'a'.repeat(500) },
      { jti: 'nul\0' },
      { nbf: now() + 60 },
      { token_use: 'refresh' },
      { token_use: 'id' },
      { token_use: null },
    ];
    for (const changes of wrong) await assertUseless(await sign(claims(changes)));
    for (const changes of [
      { exp: String(exp) },
      { iat: String(iat) },
      { nbf: String(nbf) },
      { jti: [jti] },
    ]) {
      await assertUseless(await sign(claims(changes)));
    }
    // A key that is text and well formed, but of no session.
    assertRefused(
      await client.get('/profile/mine', await sign(claims({ jti: 'k' }))),
      401,
      'access token is invalid',
    );
  });

  test('a changed body breaks the signature', async () => {
    const [header, , signature] = person.tokens.accessToken.split('.');
    const body = Buffer.from(JSON.stringify(claims({ exp: now() + 10_000_000 }))).toString('base64url');
    await assertUseless(`${header}.${body}.${signature}`);
  });

  test('a refresh token is no access token, an access token no refresh token', async () => {
    const { accessToken, refreshToken } = person.tokens;
    await assertUseless(refreshToken);
    assertRefused(
      await client.refresh({ accessToken, refreshToken: accessToken }),
      401,
      'refresh token is invalid',
    );
  });

  test("gomicro's tokens tell no use: the key of the other column is not found", async () => {
    const { accessToken, refreshToken } = person.tokens;
    const asGomicro = (token: string) =>
      sign({ ...decodeJwt(token), token_use: undefined }, ours, { kid: undefined });
    const [access, refresh] = await Promise.all([asGomicro(accessToken), asGomicro(refreshToken)]);
    assert.equal((await client.get('/profile/mine', access)).status, 200);
    assertRefused(await client.get('/profile/mine', refresh), 401, 'access token is invalid');
    assertRefused(
      await client.refresh({ accessToken: refresh, refreshToken: access }),
      401,
      'access token is invalid',
    );
    const fresh = await client.refresh({ accessToken: access, refreshToken: refresh });
    assert.equal(fresh.status, 200);
    const { accessToken: newAccess = '', refreshToken: newRefresh = '' } = fresh.body.data ?? {};
    person = { ...person, tokens: { accessToken: newAccess, refreshToken: newRefresh } };
  });

  test('an expired access token opens nothing, but is good for a refresh', async () => {
    const someone = await client.signUp();
    const past = { iat: now() - 100, nbf: now() - 100, exp: now() - 1 };
    const expired = await sign({ ...decodeJwt(someone.tokens.accessToken), ...past });
    assertRefused(await client.get('/profile/mine', expired), 401, 'access token has expired');
    const { refreshToken } = someone.tokens;
    const expiredAndForeign = await sign({ ...decodeJwt(expired), iss: 'somebody.else' });
    assertRefused(
      await client.refresh({ accessToken: expiredAndForeign, refreshToken }),
      401,
      'access token is invalid',
    );
    assert.equal((await client.refresh({ accessToken: expired, refreshToken })).status, 200);
  });

  test('an expired refresh token is refused and the session goes on', async () => {
    const { accessToken, refreshToken } = person.tokens;
    const past = { iat: now() - 100, nbf: now() - 100, exp: now() - 1 };
    const expired = await sign({ ...decodeJwt(refreshToken), ...past });
    assertRefused(
      await client.refresh({ accessToken, refreshToken: expired }),
      401,
      'refresh token has expired',
    );
    assert.equal(await client.isIn(person.tokens), true);
  });

  test('the scheme is read in any letter case, any other header is malformed', async () => {
    const { accessToken } = person.tokens;
    const ask = (authorization: string) =>
      client.call('GET', '/profile/mine', { headers: { authorization } });
    for (const scheme of ['bearer', 'BEARER', 'BeArEr']) {
      assert.equal((await ask(`${scheme} ${accessToken}`)).status, 200);
    }
    for (const header of [accessToken, 'Bearer', `Basic ${accessToken}`, `Bearer ${accessToken} x`]) {
      assertRefused(await ask(header), 401, 'authorization header is malformed');
    }
    assertRefused(await ask(''), 401, 'authorization header is missing');
    assertRefused(await client.get('/profile/mine'), 401, 'authorization header is missing');
    for (const header of ['Bearer x', 'Bearer a.b.c', `Bearer ${'x'.repeat(15_000)}`]) {
      assertRefused(await ask(header), 401, 'access token is invalid');
    }
  });
});
