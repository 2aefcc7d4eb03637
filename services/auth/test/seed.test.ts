import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { sql } from '@tsmicro/postgres';
import { AuthClient, assertRefused } from './auth-client.ts';
import { openAuthServer, openSurroundings, type Surroundings } from './auth-fixture.ts';

const production = { NODE_ENV: 'production' };
const email = 'admin@afteracademy.com';
const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');

/** What deploy/README.md has an operator run before the first start in production: for the account, for the key. */
async function readAdvice(): Promise<string[]> {
  const page = await readFile(new URL('../../../deploy/README.md', import.meta.url), 'utf8');
  const [, statements = ''] =
    /### From development to production\n[^#]*<<'SQL'\n([^#]*?)\nSQL\n/.exec(page) ?? [];
  return statements.split('\n');
}

describe('seed data', () => {
  let surroundings: Surroundings;

  before(async () => {
    surroundings = await openSurroundings();
  });
  after(() => surroundings[Symbol.asyncDispose]());

  const run = (text: string) => sql.raw(text).execute(surroundings.database.db);
  async function signIn(password: string) {
    await using server = await openAuthServer(surroundings);
    await using client = new AuthClient(server.address);
    return await client.signIn(email, password);
  }

  test('in production none is made, and a longer password is asked for, which is not too common', async () => {
    await using server = await openAuthServer(surroundings, production);
    await using client = new AuthClient(server.address);
    assertRefused(await client.signIn(email, 'changeit'), 401, 'invalid credentials');
    const signUp = { email: 'a@b.co', password: '1234567', name: 'Ann' };
    assertRefused(await client.post('/signup/basic', signUp), 400, 'password must be at least 8 characters');
    const common = { ...signUp, password: '12345678' };
    assertRefused(await client.post('/signup/basic', common), 400, 'password is too common');
    const { rows } = await sql`select from users union all select from api_keys`.execute(
      surroundings.database.db,
    );
    assert.equal(rows.length, 0);
  });

  test('in development two instances that start together make one admin with all roles and one key', async () => {
    const servers = await Promise.all([openAuthServer(surroundings), openAuthServer(surroundings)]);
    for (const server of servers) await server.close();
    const answer = await signIn('changeit');
    assert.equal(answer.status, 200);
    assert.deepEqual(
      answer.body.data?.user?.roles?.map(({ code }) => code),
      ['ADMIN', 'AUTHOR', 'EDITOR', 'LEARNER'],
    );
    const { rows } = await sql<{ keys: number; users: number }>`
      select (select count(*) from api_keys)::int as keys, (select count(*) from users)::int as users
    `.execute(surroundings.database.db);
    assert.deepEqual(rows, [{ keys: 1, users: 1 }]);
  });

  test('production refuses to start while the seed password or key is in force, and says which', async () => {
    await assert.rejects(openAuthServer(surroundings, production), {
      name: 'ConfigError',
      message: /seed account.*\n.*seed API key.*\n.*From development to production/,
    });
    const [account = '', key = ''] = await readAdvice();
    await run(key);
    await assert.rejects(openAuthServer(surroundings, production), /seed account/);
    await run(account);
    await using server = await openAuthServer(surroundings, production);
    assert.match(server.address, /^http:/);
  });

  test('what was changed since is never put back', async () => {
    await run(`update users set status = true, name = 'Root' where email = '${email}'`);
    await run(`delete from user_roles using roles where roles.id = role_id and code <> 'ADMIN'`);
    const answer = await signIn('changeit');
    assert.equal(answer.body.data?.user?.name, 'Root');
    assert.deepEqual(
      answer.body.data?.user?.roles?.map(({ code }) => code),
      ['ADMIN'],
    );
    const { rows } = await sql<{ status: boolean }>`select status from api_keys`.execute(
      surroundings.database.db,
    );
    assert.deepEqual(rows, [{ status: false }]);
  });
});

describe('keys that were given away', () => {
  let surroundings: Surroundings;
  const key = 'a key that the front was given';
  const grants = { API_KEY_GRANTS: `FRONT:${hashOf(key)}` };

  before(async () => {
    surroundings = await openSurroundings();
  });
  after(() => surroundings[Symbol.asyncDispose]());

  async function verify(shown: string, changes: Record<string, string> = grants): Promise<number> {
    await using server = await openAuthServer(surroundings, changes);
    await using client = new AuthClient(server.address);
    return (await client.call('GET', '/verify/apikey', { headers: { 'x-api-key': shown } })).status;
  }

  test('are in force from the start of auth, once, however often and by however many they are made', async () => {
    assert.equal(await verify(key, {}), 403);
    const servers = await Promise.all([
      openAuthServer(surroundings, grants),
      openAuthServer(surroundings, grants),
    ]);
    for (const server of servers) await server.close();
    assert.equal(await verify(key), 200);
    const { rows } = await sql<{ permissions: string[]; comments: string[] }>`
      select permissions, comments from api_keys where key = ${hashOf(key)}
    `.execute(surroundings.database.db);
    const comments = [`Given by API_KEY_GRANTS to FRONT, ${hashOf(key).slice(0, 16)}`];
    assert.deepEqual(rows, [{ permissions: ['FRONT'], comments }]);
  });

  test('are made in production too, and another beside the first', async () => {
    await sql`update api_keys set status = false where permissions = array['GENERAL']`.execute(
      surroundings.database.db,
    );
    await sql`update users set status = false`.execute(surroundings.database.db);
    const both = `${grants.API_KEY_GRANTS},FRONT:${hashOf('another')}`;
    assert.equal(await verify('another', { ...production, API_KEY_GRANTS: both }), 200);
    assert.equal(await verify(key), 200);
  });

  test('once replaced or revoked are not brought back by the next start', async () => {
    await using server = await openAuthServer(surroundings, { ...grants, NODE_ENV: 'development' });
    await sql`update users set status = true`.execute(surroundings.database.db);
    await using client = new AuthClient(server.address);
    const token = (await client.signIn(email, 'changeit')).body.data?.tokens?.accessToken ?? '';
    const { rows } = await sql<{ id: string }>`select id from api_keys where key = ${hashOf(key)}`.execute(
      surroundings.database.db,
    );
    const [row] = rows;
    assert.equal((await client.post(`/apikeys/id/${row?.id}/rotate`, {}, token)).status, 200);
    assert.equal(await verify(key), 403);
    assert.equal((await client.call('DELETE', `/apikeys/id/${row?.id}`, { token })).status, 200);
    assert.equal(await verify(key), 403);
  });

  test('may not be the one that everybody knows, in production', async () => {
    await sql`update users set status = false`.execute(surroundings.database.db);
    const API_KEY_GRANTS = `FRONT:${hashOf('1D3F2DD1A5DE725DD4DF1D82BBB37')}`;
    await assert.rejects(openAuthServer(surroundings, { ...production, API_KEY_GRANTS }), /API_KEY_GRANTS/);
  });

  test('are written as the environment says, or auth does not start', () => {
    for (const API_KEY_GRANTS of [`FRONT:${key}`, `front:${hashOf(key)}`, `${grants.API_KEY_GRANTS},`])
      assert.throws(() => openAuthServer(surroundings, { API_KEY_GRANTS }), /API_KEY_GRANTS is invalid/);
  });
});
