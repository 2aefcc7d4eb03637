import { Socket } from 'node:net';
import { type DependencyHealth, HealthRecord, type PoolFigures } from '@tsmicro/dependency';
import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import pg from 'pg';
import { PooledClient, type QueryEnd } from './client.ts';
import { PostgresTimeoutError, PostgresUnavailableError, stateAfter, toFault } from './errors.ts';
import type { CompleteOptions } from './options.ts';

/** The pool that kysely works on: pg's own, with a bound on its queue and on every wait. */
export class BoundedPool implements PostgresPool {
  readonly options = {};
  readonly #pool: pg.Pool;
  readonly #bounds: CompleteOptions;
  readonly #sockets = new Set<Socket>();
  readonly #health: HealthRecord;
  #ended: Promise<void> | undefined;

  constructor(options: CompleteOptions) {
    this.#bounds = options;
    this.#health = new HealthRecord('PostgreSQL', 'down', `${options.host}:${options.port}`);
    this.#pool = new pg.Pool({
      host: options.host,
      port: options.port,
      database: options.database,
      user: options.user,
      password: options.password,
      min: options.minPoolSize,
      max: options.maxPoolSize,
      application_name: options.applicationName,
      connectionTimeoutMillis: options.connectTimeoutMs,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5000,
      statement_timeout: options.queryTimeoutMs,
      idle_in_transaction_session_timeout: 5000,
      stream: () => this.#openSocket(),
    });
    // An idle connection that dies is simply gone; without a listener it would end the process.
    this.#pool.on('error', (error) => {
      this.#health.note('down');
      options.logger?.warn({ reason: error.message }, 'lost an idle connection');
    });
  }

  get health(): DependencyHealth {
    return this.#health.current;
  }

  get figures(): PoolFigures {
    const { totalCount: size, idleCount: idle, waitingCount: waiting } = this.#pool;
    return { size, idle, waiting };
  }

  /** Takes down what the end of a query, good or bad, says of the server. */
  readonly #note: QueryEnd = (error) => {
    const state = error === undefined ? 'up' : stateAfter(error);
    if (state !== undefined) this.#health.note(state);
  };

  /** The time that a query starting now may take; throws when its request has none left. */
  #budgetMs(): number {
    const left = this.#bounds.timeLeftMs() ?? Number.POSITIVE_INFINITY;
    if (left <= 0) throw new PostgresTimeoutError('no time left for a query');
    return Math.min(this.#bounds.queryTimeoutMs, left);
  }

  async connect(): Promise<PostgresPoolClient> {
    const budgetMs = this.#budgetMs();
    // In a burst pg's queue also holds those whom it serves in the next tick.
    const free = this.#bounds.maxPoolSize - (this.#pool.totalCount - this.#pool.idleCount);
    if (this.#pool.waitingCount - free >= this.#bounds.maxWaiting) {
      throw new PostgresUnavailableError('too many queries wait for a database connection');
    }
    const startedAt = performance.now();
    const client = await this.#checkOut(Math.min(budgetMs, this.#bounds.connectTimeoutMs));
    const spentMs = performance.now() - startedAt;
    return new PooledClient(client, this.#note, () => this.#budgetMs(), spentMs);
  }

  /** A connection within the time; one that comes too late goes back to the pool unused. */
  async #checkOut(timeoutMs: number): Promise<pg.PoolClient> {
    const pending = this.#pool.connect();
    let late = false;
    const timeout = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late = true;
      timeout.reject(new PostgresTimeoutError('no database connection within the time-out'));
    }, timeoutMs);
    try {
      return await Promise.race([pending, timeout.promise]);
    } catch (error) {
      if (late) pending.then((client) => client.release()).catch(() => undefined);
      else this.#note(error);
      throw toFault(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Opens the connections that the pool is to keep; throws when the database does not answer. */
  async warm(): Promise<void> {
    await this.query('select 1', this.#bounds.connectTimeoutMs);
    const count = Math.min(this.#bounds.minPoolSize, this.#bounds.maxPoolSize);
    const clients = await Promise.allSettled(Array.from({ length: count }, () => this.#pool.connect()));
    for (const client of clients) if (client.status === 'fulfilled') client.value.release();
  }

  /** One statement outside of kysely, under the same bounds and no longer than `timeoutMs`. */
  async query<R>(statement: string, timeoutMs: number): Promise<PostgresQueryResult<R>> {
    const startedAt = performance.now();
    const client = await this.#checkOut(timeoutMs);
    const leftMs = Math.max(1, timeoutMs - (performance.now() - startedAt));
    const pooled = new PooledClient(client, this.#note, () => leftMs, 0);
    try {
      return await pooled.query<R>(statement, []);
    } finally {
      pooled.release();
    }
  }

  /** Lets running queries end for `graceMs`, then cuts what is left. Repeated calls share one ending. */
  end(graceMs = 2000): Promise<void> {
    this.#ended ??= this.#end(graceMs);
    return this.#ended;
  }

  async #end(graceMs: number): Promise<void> {
    const closed = [...this.#sockets].map(
      (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    const grace = Promise.withResolvers<void>();
    const timer = setTimeout(grace.resolve, graceMs);
    await Promise.race([Promise.all([this.#pool.end(), ...closed]), grace.promise]);
    clearTimeout(timer);
    for (const socket of this.#sockets) socket.destroy();
  }

  // pg ends a connection politely and waits for the server's farewell, which a hung server never says:
  // knowing the sockets is what makes the end certain.
  #openSocket(): Socket {
    const socket = new Socket();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }
}
