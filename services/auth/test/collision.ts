import assert from 'node:assert/strict';
import { type Postgres, sql } from '@tsmicro/postgres';
import { eventually } from './auth-fixture.ts';

async function countWaiting({ db }: Postgres<unknown>): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'
  `.execute(db);
  return rows[0]?.count ?? 0;
}

/** Holds what `lock` locks until all of `requests` wait for it, in this order; their answers. */
export async function collide<T>(
  database: Postgres<unknown>,
  lock: ReturnType<typeof sql>,
  ...requests: (() => Promise<T>)[]
): Promise<T[]> {
  const answers: Promise<T>[] = [];
  await database.transaction(async (transaction) => {
    await lock.execute(transaction);
    for (const request of requests) {
      answers.push(request());
      const waiting = await eventually(
        () => countWaiting(database),
        (count) => count === answers.length,
      );
      assert.equal(waiting, answers.length);
    }
  });
  return Promise.all(answers);
}
