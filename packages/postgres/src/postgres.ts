import {
  completePoolOptions,
  type DependencyHealth,
  type PoolFigures,
  untilReady,
} from '@tsmicro/dependency';
import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import type { PostgresOptions } from './options.ts';
import { BoundedPool } from './pool.ts';

const PING_TIMEOUT_MS = 1000;

/** An open database. Queries throw PostgresUnavailableError or PostgresTimeoutError when it is not the query's fault. */
export class Postgres<DB> {
  /** kysely on the pool: typed SQL. */
  readonly db: Kysely<DB>;
  readonly #pool: BoundedPool;
  readonly #afterCommit = new WeakMap<Transaction<DB>, (() => void)[]>();

  /** Use {@link openPostgres}. */
  constructor(pool: BoundedPool) {
    this.#pool = pool;
    this.db = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
  }

  /** Commits when `work` returns, rolls back when it throws, and throws that same error. */
  async transaction<T>(work: (transaction: Transaction<DB>) => Promise<T>): Promise<T> {
    const afterwards: (() => void)[] = [];
    const result = await this.db.transaction().execute((transaction) => {
      this.#afterCommit.set(transaction, afterwards);
      return work(transaction);
    });
    for (const act of afterwards) act();
    return result;
  }

  /** Has `act` called once a transaction of {@link transaction} has committed; never when it did not. */
  afterCommit(transaction: Transaction<DB>, act: () => void): void {
    this.#afterCommit.get(transaction)?.push(act);
  }

  /** Returns when the database answered, within a second; throws otherwise. */
  async ping(): Promise<void> {
    await this.#pool.query('select 1', PING_TIMEOUT_MS);
  }

  /** Whether it is there, by what queries and connections met last; {@link ping} makes it current. */
  get health(): DependencyHealth {
    return this.#pool.health;
  }

  get pool(): PoolFigures {
    return this.#pool.figures;
  }

  /** Waits at most two seconds for running queries, then cuts the connections. May be called again. */
  close(): Promise<void> {
    return this.#pool.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Opens a database, waiting for it as long as it takes (pauses of up to a second, each reason logged once);
 * only `signal` ends the wait. Returned with `minPoolSize` connections open.
 */
export async function openPostgres<DB>(options: PostgresOptions): Promise<Postgres<DB>> {
  const complete = completePoolOptions(options);
  const pool = new BoundedPool(complete);
  const name = `PostgreSQL at ${options.host}:${options.port}`;
  try {
    await untilReady(() => pool.warm(), { name, logger: options.logger, signal: options.signal });
  } catch (error) {
    await pool.end(0);
    throw error;
  }
  return new Postgres<DB>(pool);
}
