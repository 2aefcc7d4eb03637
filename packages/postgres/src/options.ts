/** Where a database is and who asks. */
export interface PostgresAddress {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
}

/** The part of a logger that this package uses; pino's fits. */
export interface PostgresLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** How to open a database; every time is in milliseconds. */
export interface PostgresOptions extends PostgresAddress {
  /** Connections opened at start and kept. @default 1 */
  minPoolSize?: number;
  /** @default 10 */
  maxPoolSize?: number;
  /** Queries that may wait for a connection; one more is refused at once. @default 256 */
  maxWaiting?: number;
  /** Longest time of one query, the wait for its connection included; at most 3000. @default 2000 */
  queryTimeoutMs?: number;
  /** Longest wait for a connection, new or from the pool. @default 1000 */
  connectTimeoutMs?: number;
  /** Shown in pg_stat_activity. @default 'tsmicro' */
  applicationName?: string;
  /** What is left of the current request's time; undefined outside of a request. */
  timeLeftMs?: () => number | undefined;
  logger?: PostgresLogger;
  /** Ends the wait for a database that is not there yet. */
  signal?: AbortSignal;
}

/** The longest that any query may be given, whatever the configuration says. */
export const LONGEST_QUERY_MS = 3000;

/** The options with every default filled in. */
export function completeOptions(options: PostgresOptions) {
  return {
    minPoolSize: 1,
    maxPoolSize: 10,
    maxWaiting: 256,
    connectTimeoutMs: 1000,
    applicationName: 'tsmicro',
    timeLeftMs: () => undefined,
    ...options,
    queryTimeoutMs: Math.min(options.queryTimeoutMs ?? 2000, LONGEST_QUERY_MS),
  };
}

/** {@link PostgresOptions} after {@link completeOptions}. */
export type CompleteOptions = ReturnType<typeof completeOptions>;
