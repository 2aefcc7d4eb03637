import type { Logger } from '@tsmicro/dependency';

/** How to reach Redis; every time is in milliseconds. */
export interface RedisOptions {
  host: string;
  port: number;
  /** The user of an access control list; Redis' default user when undefined or empty. */
  username?: string | undefined;
  /** None when undefined or empty. */
  password?: string | undefined;
  /** Number of the database. @default 0 */
  db?: number;
  /** A command that takes longer fails, and Redis counts as away until a new connection answers. @default 100 */
  commandTimeoutMs?: number;
  /** Longest time of one attempt to connect. @default 500 */
  connectTimeoutMs?: number;
  /** Commands under way on the connection; one more is refused. @default 10000 */
  maxCommands?: number;
  logger?: Pick<Logger, 'info' | 'warn'>;
}

/** The options with every default filled in. */
export function completeOptions(options: RedisOptions) {
  return { db: 0, commandTimeoutMs: 100, connectTimeoutMs: 500, maxCommands: 10_000, ...options };
}

/** {@link RedisOptions} after {@link completeOptions}. */
export type CompleteOptions = ReturnType<typeof completeOptions>;
