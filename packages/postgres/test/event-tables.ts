import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventRecord } from '@tsmicro/dependency';
import { openPostgres, type Postgres, sql } from '../src/index.ts';
import { openTestDatabase } from './test-database.ts';

const migration = new URL('../../../services/auth/migrations/0003_events.up.sql', import.meta.url);

/** A database with the tables of events, as a service's migration makes them. */
export async function openEventTables(): Promise<{ postgres: Postgres<unknown> } & AsyncDisposable> {
  await using opening = new AsyncDisposableStack();
  const { address } = opening.use(await openTestDatabase());
  const postgres = opening.use(
    await openPostgres<unknown>({
      ...address,
      maxPoolSize: 12,
      connectTimeoutMs: 10_000,
      queryTimeoutMs: 3_000,
    }),
  );
  await sql.raw(await readFile(migration, 'utf8')).execute(postgres.db);
  const opened = opening.move();
  return { postgres, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

export const createRecord = (entity: string, data: unknown = {}): EventRecord => ({
  id: randomUUID(),
  type: 'events.test.thing.changed',
  entity,
  time: new Date().toISOString(),
  data,
});

/** Asks until the answer is accepted. @throws Error after `deadlineMs` with the last answer */
export async function eventually<T>(
  ask: () => Promise<T>,
  accept: (answer: T) => boolean,
  deadlineMs = 10_000,
): Promise<T> {
  const until = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (accept(answer)) return answer;
    if (performance.now() > until) throw new Error(`still ${JSON.stringify(answer)} after ${deadlineMs} ms`);
    await sleep(5);
  }
}
