import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { sql } from '@tsmicro/postgres';
import { type AuthClient, assertRefused } from './auth-client.ts';
import { type AuthFixture, openAuth } from './auth-fixture.ts';

describe('profiles, API keys and health', () => {
  let auth: AuthFixture;
  let client: AuthClient;

  before(async () => {
    auth = await openAuth();
    client = auth.client;
  });
  after(() => auth[Symbol.asyncDispose]());

  test('a public profile shows name and picture and nothing else, for an id in any letter case', async () => {
    const { id } = await client.signUp({ name: 'Ünal', profilePicUrl: 'http://example.com/ü.png' });
    const expected = { id, name: 'Ünal', profilePicUrl: 'http://example.com/ü.png' };
    for (const form of [id, id.toUpperCase(), `${id}/`]) {
      const answer = await client.get(`/profile/id/${form}`);
      assert.equal(answer.status, 200);
      assert.deepEqual(answer.body.data, expected);
    }
  });

  test('an optional field without a value is left out', async () => {
    const { id, tokens } = await client.signUp();
    assert.deepEqual(Object.keys((await client.get(`/profile/id/${id}`)).body.data ?? {}), ['id', 'name']);
    const mine = await client.get('/profile/mine', tokens.accessToken);
    assert.deepEqual(Object.keys(mine.body.data ?? {}).sort(), ['email', 'id', 'name', 'roles']);
  });

  test('unknown and inactive users are not found, an id of another kind is a bad request', async () => {
    const { id } = await client.signUp();
    await sql`update users set status = false where id = ${id}`.execute(auth.surroundings.database.db);
    assertRefused(await client.get(`/profile/id/${id}`), 404, 'user not found');
    assertRefused(await client.get(`/profile/id/${randomUUID()}`), 404, 'user not found');
    for (const wrong of ['1', '65a1b2c3d4e5f60718293a4b', `${id}0`, '%00', "'--"]) {
      assertRefused(await client.get(`/profile/id/${wrong}`), 400, 'id must be a valid UUID');
    }
  });

  test('a cached profile is answered without the database', async () => {
    const { id } = await client.signUp({ name: 'Kept' });
    await client.get(`/profile/id/${id}`);
    await sql`update users set name = 'Changed' where id = ${id}`.execute(auth.surroundings.database.db);
    assert.equal((await client.get(`/profile/id/${id}`)).body.data?.name, 'Kept');
  });

  test('an API key is verified by its hash: known 200, missing 401, any other 403', async () => {
    const { db } = auth.surroundings.database;
    const verify = (key?: string) =>
      client.call('GET', '/verify/apikey', { headers: key === undefined ? {} : { 'x-api-key': key } });
    const seed = '1D3F2DD1A5DE725DD4DF1D82BBB37';
    assert.deepEqual((await verify(seed)).body, { code: '10000', status: 200, message: 'success' });
    assertRefused(await verify(), 401, 'x-api-key header is missing');
    assertRefused(await verify(''), 401, 'x-api-key header is missing');
    assertRefused(await verify('unknown'), 403, 'x-api-key is invalid');
    assertRefused(await verify(`${seed}, ${seed}`), 400, 'x-api-key header must be given once');
    const { rows } = await sql<{ key: string; prefix: string }>`select key, prefix from api_keys`.execute(db);
    assert.equal(rows.length, 1);
    assert.match(rows[0]?.key ?? '', /^[0-9a-f]{64}$/);
    assert.equal(rows[0]?.prefix, '1D3F2DD');
    assertRefused(await verify(rows[0]?.key), 403, 'x-api-key is invalid');
    await sql`update api_keys set expires_at = now() - interval '1 second'`.execute(db);
    assertRefused(await verify(seed), 403, 'x-api-key is invalid');
    await sql`update api_keys set expires_at = now() + interval '1 hour'`.execute(db);
    assert.equal((await verify(seed)).status, 200);
    await sql`update api_keys set status = false`.execute(db);
    assertRefused(await verify(seed), 403, 'x-api-key is invalid');
  });

  test('health says OK and the time', async () => {
    const { status, body } = await client.get('/health');
    assert.equal(status, 200);
    assert.equal(body.data?.status, 'OK');
    assert.ok(Math.abs(Date.parse(body.data?.timestamp ?? '') - Date.now()) < 5_000);
  });

  test('the roles of a profile are those that are stored at this moment', async () => {
    const { id, tokens } = await client.signUp();
    await sql`
      insert into user_roles select ${id}, id from roles where code in ('AUTHOR', 'EDITOR')
    `.execute(auth.surroundings.database.db);
    const mine = await client.get('/profile/mine', tokens.accessToken);
    assert.deepEqual(
      mine.body.data?.roles?.map(({ code }) => code),
      ['AUTHOR', 'EDITOR', 'LEARNER'],
    );
  });
});
