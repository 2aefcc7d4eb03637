import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findPort, type Server, startPostgres } from '@tsmicro/stack';
import {
  openPostgres,
  type Postgres,
  type PostgresOptions,
  PostgresTimeoutError,
  PostgresUnavailableError,
  sql,
} from '../src/index.ts';
import { toAddress } from './test-database.ts';

let server: Server;
let postgres: Postgres<unknown>;
let options: PostgresOptions;

before(async () => {
  server = await startPostgres({ durable: false });
  options = { ...toAddress(server.url), minPoolSize: 2 };
  postgres = await openPostgres(options);
});

after(async () => {
  await postgres.close();
  await server[Symbol.asyncDispose]();
});

const ask = () => sql`select 1`.execute(postgres.db);

async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** How long until queries succeed again. */
async function recoveryMs(): Promise<number> {
  return await elapsedMs(async () => {
    const deadline = performance.now() + 10_000;
    for (;;) {
      try {
        await ask();
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(50);
      }
    }
  });
}

test('a hanging server gives an error within 2.1 s, and all is well within 3 s of its return', async () => {
  server.pause();
  try {
    const times = await Promise.all(
      Array.from({ length: 30 }, () => elapsedMs(() => assert.rejects(ask(), PostgresTimeoutError))),
    );
    assert.ok(Math.max(...times) <= 2150, `${Math.max(...times)} ms`);
    assert.ok((await elapsedMs(() => assert.rejects(postgres.ping()))) <= 1150);
  } finally {
    server.resume();
  }
  assert.ok((await recoveryMs()) < 3000);
});

test('a server that hangs in a transaction gives the time-out itself, not the failed rollback', async () => {
  const attempt = postgres.transaction(async (transaction) => {
    await sql`select 1`.execute(transaction);
    server.pause();
    await sql`select 2`.execute(transaction);
  });
  await assert.rejects(attempt, PostgresTimeoutError).finally(() => server.resume());
  assert.ok((await recoveryMs()) < 3000);
});

test('a killed server is told at once, in the middle of a query too, and all is well within 3 s of its return', async () => {
  const pending = assert.rejects(sql`select pg_sleep(1.5)`.execute(postgres.db), PostgresUnavailableError);
  await ask();
  await server.kill();
  await pending;
  assert.ok((await elapsedMs(() => assert.rejects(ask(), PostgresUnavailableError))) < 100);
  await server.start();
  assert.ok((await recoveryMs()) < 3000);
});

test('open waits for a server that starts later', async () => {
  await server.stop();
  const waiting = Promise.withResolvers<string>();
  const logger = { info: () => {}, warn: (_: object, message: string) => waiting.resolve(message) };
  const opening = openPostgres({ ...options, logger, signal: AbortSignal.timeout(15_000) });
  assert.equal(await waiting.promise, `waiting for PostgreSQL at ${server.host}:${server.port}`);
  await server.start();
  const startedAt = performance.now();
  await using late = await opening;
  assert.ok(performance.now() - startedAt < 3000);
  await late.ping();
});

test('open: the signal ends the wait', async () => {
  const nowhere = { ...options, port: await findPort() };
  await assert.rejects(openPostgres({ ...nowhere, signal: AbortSignal.timeout(200) }));
});

test('close ends within its time although the server hangs, and leaves no socket', async () => {
  const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  const before = sockets();
  const other = await openPostgres({ ...options, signal: AbortSignal.timeout(5000) });
  const pending = assert.rejects(sql`select pg_sleep(1.5)`.execute(other.db));
  server.pause();
  try {
    assert.ok((await elapsedMs(() => other.close())) < 2500);
    await pending;
    const deadline = performance.now() + 500;
    while (sockets() > before) {
      assert.ok(performance.now() < deadline, `${sockets() - before} sockets left`);
      await sleep(5);
    }
  } finally {
    server.resume();
  }
});
