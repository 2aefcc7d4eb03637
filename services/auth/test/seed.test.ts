import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { sql } from '@tsmicro/postgres';
import { AuthClient, assertRefused } from './auth-client.ts';
import { openAuthServer, openSurroundings, type Surroundings } from './auth-fixture.ts';

const production = { NODE_ENV: 'production' };
const email = 'admin@afteracademy.com';

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
