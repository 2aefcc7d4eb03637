import type { MongoClientOptions } from 'mongodb';

/** The part of a logger that this package uses; pino's fits. */
export interface MongoLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Where the database is, and its bounds; every time is in milliseconds. */
export interface MongoOptions {
  /** A whole connection string; host, port, user and password are then not looked at. */
  url?: string | undefined;
  /** @default '127.0.0.1' */
  host?: string | undefined;
  /** @default 27017 */
  port?: number | undefined;
  /** Checked against `database`; none when undefined or empty. */
  user?: string | undefined;
  password?: string | undefined;
  /** @default the one that `url` names */
  database?: string | undefined;
  /** @default 1 */
  minPoolSize?: number;
  /** @default 10 */
  maxPoolSize?: number;
  /** Operations that may wait for a connection; one more is refused at once. @default 256 */
  maxWaiting?: number;
  /** Longest time of one operation, the wait for a server and a connection included; at most 3000. @default 2000 */
  queryTimeoutMs?: number;
  /** Longest wait for a server that is away. @default 1000 */
  connectTimeoutMs?: number;
  /** @default 'tsmicro' */
  applicationName?: string;
  /** What is left of the current request's time; undefined outside of a request. */
  timeLeftMs?: () => number | undefined;
  logger?: MongoLogger;
  /** Ends the wait for a server that is not there yet. */
  signal?: AbortSignal;
}

/** The longest that any operation may be given, whatever the configuration says. */
export const LONGEST_QUERY_MS = 3000;

/** The options with every default filled in. */
export function completeOptions(options: MongoOptions) {
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

/** {@link MongoOptions} after {@link completeOptions}. */
export type CompleteOptions = ReturnType<typeof completeOptions>;

/** The connection string without credentials, and the driver's options with them. */
export function toDriver(options: CompleteOptions): { url: string; options: MongoClientOptions } {
  const { user, password } = options;
  const own = options.url === undefined && user ? { username: user, password: password ?? '' } : undefined;
  return {
    url: options.url ?? `mongodb://${options.host ?? '127.0.0.1'}:${options.port ?? 27017}/`,
    options: {
      ...(own === undefined ? {} : { auth: own, authSource: options.database ?? 'admin' }),
      appName: options.applicationName,
      minPoolSize: options.minPoolSize,
      maxPoolSize: options.maxPoolSize,
      serverSelectionTimeoutMS: options.connectTimeoutMs,
      connectTimeoutMS: options.connectTimeoutMs,
      waitQueueTimeoutMS: options.connectTimeoutMs,
      // How soon a server that hangs, or is back, is noticed; 500 is the least that the driver allows.
      heartbeatFrequencyMS: 500,
      writeConcern: { w: 'majority', journal: true },
      // One layer retries, and that is the gateway.
      retryReads: false,
      retryWrites: false,
      maxAdaptiveRetries: 0,
      // A field without a value is left out; the driver would write null.
      ignoreUndefined: true,
    },
  };
}
