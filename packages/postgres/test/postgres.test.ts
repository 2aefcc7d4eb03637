import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { after, before, test } from 'node:test';
import {
  type Generated,
  isForeignKeyViolation,
  isUniqueViolation,
  openPostgres,
  type Postgres,
  PostgresTimeoutError,
  PostgresUnavailableError,
  sql,
} from '../src/index.ts';
import { openTestDatabase, type TestDatabase } from './test-database.ts';

interface Tables {
  people: { id: Generated<number>; email: string; boss: number | null };
}

let database: TestDatabase;
let postgres: Postgres<Tables>;

/** The time that the request at hand has left. */
const leftMs = new AsyncLocalStorage<number>();

before(async () => {
  database = await openTestDatabase();
  postgres = await openPostgres<Tables>({
    ...database.address,
    minPoolSize: 2,
    maxPoolSize: 3,
    maxWaiting: 5,
    queryTimeoutMs: 600,
    connectTimeoutMs: 300,
    timeLeftMs: () => leftMs.getStore(),
  });
  await sql`create table people (
    id integer generated always as identity primary key,
    email text not null constraint people_email_key unique,
    boss integer references people
  )`.execute(postgres.db);
});

after(async () => {
  await postgres.close();
  await database[Symbol.asyncDispose]();
});

const openSingle = () =>
  openPostgres({
    ...database.address,
    maxPoolSize: 1,
    queryTimeoutMs: 600,
    timeLeftMs: () => leftMs.getStore(),
  });

async function backend({ db }: Postgres<unknown>): Promise<number | undefined> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
  return rows[0]?.pid;
}

const emails = async () =>
  (await postgres.db.selectFrom('people').select('email').execute()).map((p) => p.email);

test('open: the smallest pool is there at once', () => {
  assert.ok(postgres.pool.size >= 2);
});

test('transaction: what was written before an error is gone, and the error is the same one', async () => {
  const reason = new Error('changed my mind');
  const attempt = postgres.transaction(async (transaction) => {
    await transaction.insertInto('people').values({ email: 'gone@x.y', boss: null }).execute();
    throw reason;
  });
  await assert.rejects(attempt, (error) => error === reason);
  assert.ok(!(await emails()).includes('gone@x.y'));
});

test('errors: a broken constraint is told by its name', async () => {
  const insert = (email: string, boss: number | null) =>
    postgres.db.insertInto('people').values({ email, boss }).execute();
  await insert('one@x.y', null);
  await assert.rejects(insert('one@x.y', null), (error) => {
    assert.ok(isUniqueViolation(error) && isUniqueViolation(error, 'people_email_key'));
    assert.ok(!isUniqueViolation(error, 'other_key') && !isForeignKeyViolation(error));
    return true;
  });
  await assert.rejects(insert('two@x.y', 4711), (error) => isForeignKeyViolation(error));
});

test('transaction: a connection lost on the way does not hide the error', async () => {
  const reason = new Error('changed my mind');
  const attempt = postgres.transaction(async (transaction) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(transaction);
    await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(postgres.db);
    throw reason;
  });
  await assert.rejects(attempt, (error) => error === reason);
});

test('time-out: the server ends a long query, and its connection is used again', async () => {
  await using single = await openSingle();
  const pid = await backend(single);
  const startedAt = performance.now();
  await assert.rejects(sql`select pg_sleep(5)`.execute(single.db), PostgresTimeoutError);
  assert.ok(performance.now() - startedAt < 1000);
  assert.equal(await backend(single), pid);
});

test('time-out: a connection whose query was given up is not used again', async () => {
  await using single = await openSingle();
  const pid = await backend(single);
  const long = leftMs.run(100, () => sql`select pg_sleep(5)`.execute(single.db));
  await assert.rejects(long, PostgresTimeoutError);
  assert.notEqual(await backend(single), pid);
});

test('deadline: a query gets what its request has left, and none is started with nothing left', async () => {
  const startedAt = performance.now();
  const long = leftMs.run(100, () => sql`select pg_sleep(5)`.execute(postgres.db));
  await assert.rejects(long, PostgresTimeoutError);
  assert.ok(performance.now() - startedAt < 400);
  const insert = sql`insert into people (email) values ('late@x.y')`;
  await assert.rejects(
    leftMs.run(0, () => insert.execute(postgres.db)),
    PostgresTimeoutError,
  );
  assert.ok(!(await emails()).includes('late@x.y'));
});

test('deadline: it also bounds the wait for a connection', async () => {
  const busy = Array.from({ length: 3 }, () => sql`select pg_sleep(0.5)`.execute(postgres.db));
  const startedAt = performance.now();
  await assert.rejects(
    leftMs.run(50, () => sql`select 1`.execute(postgres.db)),
    PostgresTimeoutError,
  );
  assert.ok(performance.now() - startedAt < 200);
  await Promise.all(busy);
});

test('pool: the queue is bounded in number and in time', async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 12 }, () => sql`select pg_sleep(0.5)`.execute(postgres.db)),
  );
  const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  assert.equal(outcomes.length - errors.length, 3);
  assert.equal(errors.filter((error) => error instanceof PostgresUnavailableError).length, 4);
  assert.equal(errors.filter((error) => error instanceof PostgresTimeoutError).length, 5);
  assert.equal(postgres.pool.waiting, 0);
});

test('errors: no message and no field shows the password', async () => {
  const wrong = { ...database.address, password: 'hush-hush' };
  const lines: string[] = [];
  const note = (fields: object, message: string) => lines.push(message + JSON.stringify(fields));
  const signal = AbortSignal.timeout(300);
  await assert.rejects(openPostgres({ ...wrong, signal, logger: { info: note, warn: note } }));
  assert.equal(lines.length, 1, lines.join('\n'));
  assert.match(lines[0] ?? '', /waiting for PostgreSQL .*password authentication failed/);
  assert.doesNotMatch(lines.join(), /hush-hush/);
});

test('close: may be called twice, and leaves nothing open', async () => {
  const other = await openPostgres({ ...database.address, applicationName: 'closing' });
  await Promise.all([other.close(), other.close()]);
  await assert.rejects(other.ping(), PostgresUnavailableError);
});
