import { type Operation, OperationChannel } from '@tsmicro/dependency';
import type { PostgresCursor, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type { PoolClient, QueryConfig, QueryResult } from 'pg';
import { PostgresTimeoutError, toFault } from './errors.ts';

// The server's own statement_timeout comes first where it can: it leaves the connection usable.
const SERVER_FIRST_MS = 50;

const ROLLBACK_MS = 1000;

const ROLLED_BACK = { command: 'ROLLBACK' as const, rowCount: 0, rows: [] };

// pg types the command as any string, kysely as those it looks at; the type of the rows is the caller's word.
const toResult = <R>(result: QueryResult): PostgresQueryResult<R> => result as PostgresQueryResult<R>;

const operations = new OperationChannel<Operation>('postgres');
const statementKind = /^\s*(select|insert|update|delete|with|begin|start|commit|rollback)\b/i;

/** Of few different values: a word of SQL that one cannot say for sure is "other". */
const kindOf = (text: string) => statementKind.exec(text)?.[1]?.toLowerCase() ?? 'other';

/** Told of the end of every query: with what it failed, or with nothing. */
export type QueryEnd = (error?: unknown) => void;

const statementNames = new Map<string, string>();
const MAX_PREPARED = 500;

/** A statement with parameters gets a name, under which each connection parses and plans it once. */
function toQuery(text: string, parameters: readonly unknown[]): QueryConfig {
  const values = [...parameters];
  if (values.length === 0) return { text, values };
  let name = statementNames.get(text);
  if (name === undefined && statementNames.size < MAX_PREPARED) {
    name = `s${statementNames.size + 1}`;
    statementNames.set(text, name);
  }
  return name === undefined ? { text, values } : { name, text, values };
}

/**
 * One checked-out connection. Each query is bounded on this side too, for a server that hangs; a connection
 * whose query was given up never goes back to the pool, since the late answer would be read as another's.
 */
export class PooledClient implements PostgresPoolClient {
  readonly #client: PoolClient;
  readonly #ended: QueryEnd;
  readonly #budgetMs: () => number;
  #spentMs: number;
  #broken: unknown;

  /** `spentMs` is what the wait for the connection took from the first query's time. */
  constructor(client: PoolClient, ended: QueryEnd, budgetMs: () => number, spentMs: number) {
    this.#client = client;
    this.#ended = ended;
    this.#budgetMs = budgetMs;
    this.#spentMs = spentMs;
    client.on('error', this.#onError);
  }

  readonly #onError = (error: unknown) => {
    this.#broken ??= toFault(error);
  };

  query<R>(statement: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    statement: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof statement !== 'string') throw new TypeError('cursors are not supported');
    return this.#bounded<R>(statement, parameters);
  }

  async #bounded<R>(statement: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    if (statement === 'rollback') return await this.#rollback();
    if (this.#broken !== undefined) throw this.#broken;
    const timeoutMs = Math.max(1, this.#budgetMs() - this.#spentMs);
    this.#spentMs = 0;
    return await operations.run(
      () => ({ name: kindOf(statement), startedAt: performance.now() }),
      () => this.#send<R>(statement, parameters, timeoutMs),
    );
  }

  // Owed even when the request has no time left. A lost connection is rolled back by the server; an error here
  // would only hide the one that the transaction ended with.
  async #rollback(): Promise<typeof ROLLED_BACK> {
    try {
      if (this.#broken === undefined) await this.#send('rollback', [], ROLLBACK_MS);
    } catch (error) {
      this.#broken ??= error;
    }
    return ROLLED_BACK;
  }

  async #send<R>(
    statement: string,
    parameters: readonly unknown[],
    timeoutMs: number,
  ): Promise<PostgresQueryResult<R>> {
    const timeout = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      this.#broken = new PostgresTimeoutError('the database did not answer within the time-out');
      timeout.reject(this.#broken);
    }, timeoutMs + SERVER_FIRST_MS);
    try {
      const query = this.#client.query(toQuery(statement, parameters));
      const result = await Promise.race([query, timeout.promise]);
      this.#ended();
      return toResult(result);
    } catch (error) {
      this.#ended(error);
      throw toFault(error);
    } finally {
      clearTimeout(timer);
    }
  }

  release(destroy = false): void {
    this.#client.release(destroy || this.#broken !== undefined);
    this.#client.off('error', this.#onError);
  }
}
