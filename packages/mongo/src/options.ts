import type { PoolOptions } from '@tsmicro/dependency';
import type { MongoClientOptions } from 'mongodb';

/** Where the database is, and its bounds. */
export interface MongoOptions extends PoolOptions {
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
}

/** {@link MongoOptions} with every default filled in. */
export type CompleteOptions = MongoOptions & Required<Omit<PoolOptions, 'logger' | 'signal'>>;

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
