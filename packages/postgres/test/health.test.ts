import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Operation, OperationChannel } from '@tsmicro/dependency';
import { type Server, startPostgres } from '@tsmicro/stack';
import { openPostgres, type Postgres, sql } from '../src/index.ts';
import { toAddress } from './test-database.ts';

let server: Server;
let postgres: Postgres<unknown>;

before(async () => {
  server = await startPostgres({ durable: false });
  postgres = await openPostgres({ ...toAddress(server.url), minPoolSize: 2, maxPoolSize: 2 });
});

after(async () => {
  await postgres.close();
  await server[Symbol.asyncDispose]();
});

const ask = () => sql`select 1`.execute(postgres.db);

test('operations: each statement is told of by its kind, with its duration and its error, and no value', async () => {
  const told: Operation[] = [];
  const end = new OperationChannel<Operation>('postgres').subscribe({
    onEnd: (operation) => told.push(operation),
  });
  await postgres.transaction(async (transaction) => {
    await sql`select ${'secret'}::text`.execute(transaction);
  });
  await assert.rejects(sql`insert into nowhere values (1)`.execute(postgres.db));
  end();
  await ask();
  assert.deepEqual(
    told.map(({ name, error }) => [name, error !== undefined]),
    [
      ['begin', false],
      ['select', false],
      ['commit', false],
      ['insert', true],
    ],
  );
  assert.ok(told.every(({ durationMs }) => durationMs !== undefined && durationMs > 0 && durationMs < 2_000));
  assert.doesNotMatch(JSON.stringify(told.slice(0, 3)), /secret/);
});

test('health: a refused query and a full pool say nothing against the server', async () => {
  const { since } = postgres.health;
  await assert.rejects(sql`select nothing from nowhere`.execute(postgres.db));
  await assert.rejects(
    sql`set local statement_timeout = 20; select pg_sleep(1)`.execute(postgres.db),
    /time-out/,
  );
  const busy = Promise.all([1, 2].map(() => sql`select pg_sleep(1.3)`.execute(postgres.db)));
  await assert.rejects(ask(), /no database connection within the time-out/);
  const { host } = new URL(server.url);
  assert.deepEqual(postgres.health, { name: 'PostgreSQL', state: 'up', since, address: host });
  await busy;
});

test('health: a killed server is down since then, and up again with the first answer', async () => {
  await server.kill();
  const killedAt = Date.now();
  await assert.rejects(ask());
  assert.equal(postgres.health.state, 'down');
  assert.ok(Math.abs(postgres.health.since.getTime() - killedAt) < 1_000);
  await server.start();
  await postgres.ping();
  assert.equal(postgres.health.state, 'up');
});

test('health: a hanging server is down once a query went unanswered', async () => {
  server.pause();
  try {
    await assert.rejects(postgres.ping());
    assert.equal(postgres.health.state, 'down');
  } finally {
    server.resume();
  }
});
