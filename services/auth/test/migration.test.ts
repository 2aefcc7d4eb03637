import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { migrate, sql } from '@tsmicro/postgres';
import { hash as hashBcrypt } from 'bcryptjs';
import { AuthClient } from './auth-client.ts';
import { openAuthServer, openSurroundings, type Surroundings } from './auth-fixture.ts';

const directory = fileURLToPath(new URL('../migrations', import.meta.url));
const seed = '1D3F2DD1A5DE725DD4DF1D82BBB37';

// As gomicro's own set-up script makes them.
const gomicroTables = `
  create table api_keys (id uuid primary key default gen_random_uuid(), key text not null unique, permissions text[],
    comments text[], version integer, status boolean default true, created_at timestamp default current_timestamp,
    updated_at timestamp default current_timestamp);
  create index api_keys_key_status_idx on api_keys (key, status);
  create table roles (id uuid primary key default gen_random_uuid(), code text not null unique,
    status boolean default true, created_at timestamp default current_timestamp,
    updated_at timestamp default current_timestamp);
  create table users (id uuid primary key default gen_random_uuid(), name text not null, email text not null unique,
    password text not null, profile_pic_url text, verified boolean default false, status boolean default true,
    created_at timestamp default current_timestamp, updated_at timestamp default current_timestamp);
  create table user_roles (user_id uuid references users(id) on delete cascade,
    role_id uuid references roles(id) on delete cascade, primary key (user_id, role_id));
  create table keystore (id uuid primary key default gen_random_uuid(),
    user_id uuid not null references users(id) on delete cascade, p_key text not null, s_key text not null,
    status boolean default true, created_at timestamp default current_timestamp,
    updated_at timestamp default current_timestamp);
  insert into api_keys (key, permissions, version) values
    ('${seed}', array['GENERAL'], 1),
    ('${'0123456789abcdef'.repeat(4)}', array['GENERAL'], 1),
    ('schlüssel', array['GENERAL'], 1);
  insert into roles (code) values ('LEARNER'), ('AUTHOR'), ('EDITOR'), ('ADMIN');
`;

describe('migrations', () => {
  let surroundings: Surroundings;

  before(async () => {
    surroundings = await openSurroundings();
  });
  after(() => surroundings[Symbol.asyncDispose]());
  beforeEach(() => run('drop schema public cascade; create schema public'));

  const run = (text: string) => sql.raw(text).execute(surroundings.database.db);
  const move = (direction: 'up' | 'down', count?: number) => {
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
      user: DB_USER,
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
    await move('down', 2);
    assert.deepEqual(await schema(), []);
    await move('up');
    assert.deepEqual(await schema(), first);
  });

  test('a database with accounts is not dropped', async () => {
    await move('up');
    await run(`insert into users (email, name) values ('a@b.co', 'Ann')`);
    await assert.rejects(move('down', 2), /0001_gomicro_tables\.down\.sql.*users is not empty/s);
    const { rows } = await sql`select from users`.execute(surroundings.database.db);
    assert.equal(rows.length, 1);
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
    assert.equal(await verify(client, seed), 200);
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
    await move('down', 1);
    await run(`insert into api_keys (key) values ('added meanwhile')`);
    await move('up');
    const after = (await read()) as { prefix: string }[];
    assert.deepEqual(
      after.filter(({ prefix }) => prefix !== 'add'),
      before,
    );
    assert.equal(after.length, before.length + 1);
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
