import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { MigrationError, migrate, openPostgres, type Postgres, sql } from '../src/index.ts';
import { openTestDatabase, type TestDatabase } from './test-database.ts';

let database: TestDatabase;
let postgres: Postgres<unknown>;
let directory: string;

before(async () => {
  database = await openTestDatabase();
  postgres = await openPostgres(database.address);
});

after(async () => {
  await postgres.close();
  await database[Symbol.asyncDispose]();
});

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'migrations-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
  await sql`drop schema public cascade; create schema public`.execute(postgres.db);
});

const write = (name: string, text: string) => writeFile(join(directory, name), text);
const up = (count?: number) => migrate({ ...database.address, directory, ...(count ? { count } : {}) });
const down = (count?: number) =>
  migrate({ ...database.address, directory, direction: 'down', ...(count ? { count } : {}) });

async function tables(): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_name <> 'applied_migrations' order by 1`.execute(postgres.db);
  return rows.map((row) => row.name);
}

async function writeThree(): Promise<void> {
  for (const [number, name] of ['0001_one', '0002_two', '0003_three'].entries()) {
    await write(`${name}.up.sql`, `create table t${number} (a int);\ninsert into t${number} values (1);`);
    await write(`${name}.down.sql`, `drop table t${number};`);
  }
}

test('up applies what is new, in order, and nothing twice', async () => {
  await writeThree();
  assert.deepEqual(await up(1), { names: ['0001_one'] });
  assert.deepEqual(await up(), { names: ['0002_two', '0003_three'] });
  assert.deepEqual(await up(), { names: [] });
  assert.deepEqual(await tables(), ['t0', 't1', 't2']);
});

test('down takes back the last, and as many as asked for', async () => {
  await writeThree();
  await up();
  assert.deepEqual(await down(), { names: ['0003_three'] });
  assert.deepEqual(await down(2), { names: ['0002_two', '0001_one'] });
  assert.deepEqual(await tables(), []);
  assert.deepEqual(await down(), { names: [] });
});

test('of several instances that start together one works', async () => {
  await writeThree();
  const results = await Promise.all([up(), up(), up(), up()]);
  assert.deepEqual(
    results.flatMap((result) => result.names),
    ['0001_one', '0002_two', '0003_three'],
  );
});

test('an instance waits for the lock no longer than its time', async () => {
  await writeThree();
  await postgres.transaction(async (transaction) => {
    await sql`select pg_advisory_xact_lock(7205759403)`.execute(transaction);
    await assert.rejects(
      migrate({ ...database.address, directory, timeoutMs: 300 }),
      /another instance still migrates/,
    );
  });
  assert.deepEqual(await tables(), []);
});

test('a failing file leaves nothing behind and is named with line and column', async () => {
  await writeThree();
  await write('0002_two.up.sql', 'create table half (a int);\nselect 1 from\n  nowhere;\n');
  await assert.rejects(up(), (error) => {
    assert.ok(error instanceof MigrationError);
    assert.equal(error.message, '0002_two.up.sql:3:3: relation "nowhere" does not exist');
    return true;
  });
  assert.deepEqual(await tables(), ['t0']);
});

test('a file that ends its transaction is refused', async () => {
  await write('0001_one.up.sql', 'create table t (a int); commit; begin;');
  await assert.rejects(up(), /0001_one.up.sql: a migration must not begin, commit or roll back/);
});

test('a file changed after it was applied is refused, other line ends are not a change', async () => {
  await writeThree();
  await up(2);
  await write('0001_one.up.sql', 'create table t0 (a int);\r\ninsert into t0 values (1);');
  await up(1);
  await write('0002_two.up.sql', 'create table t1 (b int);');
  await assert.rejects(up(), /0002_two.up.sql: changed after it was applied/);
});

test('gaps, numbers used twice, odd names and a way down without a way up are refused', async () => {
  await write('0002_two.up.sql', '');
  await assert.rejects(up(), /0002_two.up.sql: number 0001 was expected/);
  await write('0001_one.up.sql', '');
  await write('0001_uno.up.sql', '');
  await assert.rejects(up(), /0001_uno.up.sql: number 0002 was expected/);
  await rm(join(directory, '0001_uno.up.sql'));
  await write('0003_three.down.sql', '');
  await assert.rejects(up(), /0003_three.down.sql has no 0003_three.up.sql/);
  await rm(join(directory, '0003_three.down.sql'));
  await write('3_three.sql', '');
  await assert.rejects(up(), /3_three.sql: a migration is named/);
});

test('a database that is ahead is left alone; there is no way back without its file', async () => {
  await writeThree();
  await up();
  await rm(join(directory, '0003_three.up.sql'));
  await rm(join(directory, '0003_three.down.sql'));
  assert.deepEqual(await up(), { names: [] });
  await assert.rejects(down(), /0003_three.down.sql: not there/);
  assert.deepEqual(await tables(), ['t0', 't1', 't2']);
});
