import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { after, before, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { migrate, sql } from '@tsmicro/postgres';
import { hash as hashBcrypt } from 'bcryptjs';
import { AuthClient } from './auth-client.ts';
import { openAuthServer, openSurroundings, type Surroundings } from './auth-fixture.ts';
import { gomicroSeedKey, gomicroTables } from './gomicro-tables.ts';

const directory = fileURLToPath(new URL('../migrations', import.meta.url));

describe('migrations', () => {
  let surroundings: Surroundings;

  let steps: number;

  before(async () => {
    surroundings = await openSurroundings();
    steps = (await readdir(directory)).filter((name) => name.endsWith('.up.sql')).length;
  });
  after(() => surroundings[Symbol.asyncDispose]());
  beforeEach(() => run('drop schema public cascade; create schema public'));

  const run = (text: string) => sql.raw(text).execute(surroundings.database.db);
  const move = (direction: 'up' | 'down', count?: number, user?: string) => {
    const {
      DB_HOST = '',
      DB_PORT = '',
      DB_NAME = '',
      DB_USER = '',
      DB_USER_PWD = '',
    } = surroundings.environment;
    return migrate({
      host: DB_HOST,
      port: Number(DB_PORT),
      database: DB_NAME,
      user: user ?? DB_USER,
      password: DB_USER_PWD,
      directory,
      direction,
      ...(count === undefined ? {} : { count }),
    });
  };
  async function schema(): Promise<unknown> {
    const { rows } = await sql`
      select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns
      where table_schema = 'public' and table_name <> 'applied_migrations' order by 1, 2
    `.execute(surroundings.database.db);
    const indexes = await sql`
      select indexdef from pg_indexes where schemaname = 'public' and tablename <> 'applied_migrations' order by 1
    `.execute(surroundings.database.db);
    return [...rows, ...indexes.rows];
  }
  async function verify(client: AuthClient, key: string): Promise<number> {
    return (await client.call('GET', '/verify/apikey', { headers: { 'x-api-key': key } })).status;
  }

  test('up, all the way down and up again end in the same schema', async () => {
    await move('up');
    const first = await schema();
    await move('down', steps);
    assert.deepEqual(await schema(), []);
    await move('up');
    assert.deepEqual(await schema(), first);
  });

  test('a database with accounts is not dropped', async () => {
    await move('up');
    await run(`insert into users (email, name) values ('a@b.co', 'Ann')`);
    await assert.rejects(move('down', steps), /0001_gomicro_tables\.down\.sql.*users is not empty/s);
    const { rows } = await sql`select from users`.execute(surroundings.database.db);
    assert.equal(rows.length, 1);
  });

  test('events that are not out yet are not dropped', async () => {
    await move('up');
    await run(`
      insert into events_outbox (id, type, entity, time, data, owner)
      values (gen_random_uuid(), 'events.auth.user.registered', 'ann', now(), '{}', gen_random_uuid())
    `);
    await assert.rejects(move('down', steps), /0003_events\.down\.sql.*events are waiting/);
    await run('delete from events_outbox');
    await move('down', 1);
  });

  test('a database of gomicro is taken over: passwords, keys, roles and sessions go on', async () => {
    await run(gomicroTables);
    const bcrypt = await hashBcrypt('from gomicro', 5);
    await run(`
      insert into users (name, email, password) values ('Ann', 'Ann@Example.com', '${bcrypt}');
      insert into user_roles select users.id, roles.id from users, roles where code = 'AUTHOR'
    `);
    await using server = await openAuthServer(surroundings);
    await using client = new AuthClient(server.address);
    assert.equal(await verify(client, gomicroSeedKey), 200);
    assert.equal(await verify(client, '0123456789abcdef'.repeat(4)), 200);
    const answer = await client.signIn('ann@example.COM', 'from gomicro');
    assert.equal(answer.status, 200, answer.body.message);
    assert.equal(answer.body.data?.user?.email, 'ann@example.com');
    assert.deepEqual(
      answer.body.data?.user?.roles?.map(({ code }) => code),
      ['AUTHOR'],
    );
    const { rows } = await sql<{ key: string; prefix: string }>`
      select key, prefix from api_keys order by prefix
    `.execute(surroundings.database.db);
    assert.deepEqual(
      rows.map(({ prefix }) => prefix),
      ['01234567', '1D3F2DD', 'sc'],
    );
    for (const { key } of rows) assert.match(key, /^[0-9a-f]{64}$/);
  });

  test('keys that the way down left hashed are not hashed twice', async () => {
    await run(gomicroTables);
    await move('up');
    const read = async () =>
      (await sql`select id, key, prefix from api_keys order by id`.execute(surroundings.database.db)).rows;
    const before = await read();
    await move('down', steps - 1);
    await run(`insert into api_keys (key) values ('added meanwhile')`);
    await move('up');
    const after = (await read()) as { prefix: string }[];
    assert.deepEqual(
      after.filter(({ prefix }) => prefix !== 'add'),
      before,
    );
    assert.equal(after.length, before.length + 1);
  });

  test('keys that lack what the list shows get it, and one that is neither active nor revoked stays out of force', async () => {
    await run(gomicroTables);
    await run(`
      insert into api_keys (key, status, created_at, updated_at)
      values ('bare key', true, null, '2024-02-03'), ('no key', null, null, null)
    `);
    await using server = await openAuthServer(surroundings);
    await using client = new AuthClient(server.address);
    assert.equal(await verify(client, 'bare key'), 200);
    assert.equal(await verify(client, 'no key'), 403);
    const { rows } = await sql`
      select permissions, comments, version, created_at::text from api_keys where prefix = 'ba'
    `.execute(surroundings.database.db);
    assert.deepEqual(rows, [
      { permissions: [], comments: [], version: 1, created_at: '2024-02-03 00:00:00' },
    ]);
  });

  test('users without a time of sign-up get one, by which they are listed', async () => {
    await run(gomicroTables);
    await run(`
      insert into users (name, email, password, created_at, updated_at)
      values ('A', 'a@b.co', 'x', null, '2024-02-03'), ('B', 'b@b.co', 'x', null, null)
    `);
    await move('up');
    const { rows } = await sql<{ day: string | null }>`
      select to_char(created_at, 'YYYY-MM-DD') as day from users order by email
    `.execute(surroundings.database.db);
    assert.equal(rows[0]?.day, '2024-02-03');
    assert.match(rows[1]?.day ?? '', /^\d{4}-/);
  });

  test('who may not add extensions to the database goes without the index of the search', async () => {
    const user = `limited_${randomUUID().slice(0, 8)}`;
    await run(`create role ${user} login password '${surroundings.environment.DB_USER_PWD}'`);
    try {
      await run(`grant create, usage on schema public to ${user}`);
      await move('up', undefined, user);
      const indexes = JSON.stringify(await schema());
      assert.match(indexes, /users_created_at_idx/);
      assert.doesNotMatch(indexes, /users_search_idx/);
    } finally {
      await run(`drop owned by ${user}; drop role ${user}`);
    }
  });

  test('accounts whose emails differ in letter case only stop the migration, which names them', async () => {
    await run(gomicroTables);
    await run(`insert into users (name, email, password) values ('A', 'a@b.co', 'x'), ('B', 'A@b.co', 'x')`);
    await assert.rejects(move('up'), /0002_beyond_gomicro\.up\.sql.*[0-9a-f-]{36} and [0-9a-f-]{36}/s);
    const { rows } = await sql`select email from users where email = 'A@b.co'`.execute(
      surroundings.database.db,
    );
    assert.equal(rows.length, 1);
  });
});
