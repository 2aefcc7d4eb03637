import type { Logger } from './logger.ts';

/** The bounds of a pool of connections to a database; every time is in milliseconds. */
export interface PoolOptions {
  /** Connections opened at start and kept. @default 1 */
  minPoolSize?: number;
  /** @default 10 */
  maxPoolSize?: number;
  /** Operations that may wait for a connection; one more is refused at once. @default 256 */
  maxWaiting?: number;
  /** Longest time of one operation, the wait for its connection included; at most 3000. @default 2000 */
  queryTimeoutMs?: number;
  /** Longest wait for a connection, new or from the pool. @default 1000 */
  connectTimeoutMs?: number;
  /** Under which the database shows its clients. @default 'tsmicro' */
  applicationName?: string;
  /** What is left of the current request's time; undefined outside of a request. */
  timeLeftMs?: () => number | undefined;
  logger?: Pick<Logger, 'info' | 'warn'>;
  /** Ends the wait for a database that is not there yet. */
  signal?: AbortSignal;
}

/** A pool's connections at this moment: all, those without work, and the operations that wait for one. */
export interface PoolFigures {
  size: number;
  idle: number;
  waiting: number;
}

/** The longest that any operation may be given, whatever the configuration says. */
const longestQueryMs = 3_000;

/** The options with every default filled in. */
export function completePoolOptions<O extends PoolOptions>(options: O) {
  return {
    minPoolSize: 1,
    maxPoolSize: 10,
    maxWaiting: 256,
    connectTimeoutMs: 1_000,
    applicationName: 'tsmicro',
    timeLeftMs: (): number | undefined => undefined,
    ...options,
    queryTimeoutMs: Math.min(options.queryTimeoutMs ?? 2_000, longestQueryMs),
  };
}
