import {
  completePoolOptions,
  type DependencyHealth,
  type Operation,
  OperationChannel,
  type PoolFigures,
  untilReady,
} from '@tsmicro/dependency';
import { type Collection, type Db, type Document, MongoClient } from 'mongodb';
import { MongoTimeoutError, MongoUnavailableError, toFault } from './errors.ts';
import { Monitor } from './monitor.ts';
import { type CompleteOptions, type MongoOptions, toDriver } from './options.ts';

/** The driver's option by which the server bounds one operation; to be passed on with the other options. */
export interface TimeLimit {
  maxTimeMS: number;
}

const PING_TIMEOUT_MS = 1000;
// The server's own limit comes first where it can: it also ends the work there.
const SERVER_FIRST_MS = 50;
const CLOSE_GRACE_MS = 2000;

const operations = new OperationChannel<Operation>('mongo');

/** An open database of the official driver. */
export class Mongo {
  readonly db: Db;
  readonly #client: MongoClient;
  readonly #options: CompleteOptions;
  readonly #monitor: Monitor;
  #underWay = 0;
  #closed: Promise<void> | undefined;

  /** Use {@link openMongo}. */
  constructor(client: MongoClient, options: CompleteOptions) {
    this.#client = client;
    this.#options = options;
    this.#monitor = new Monitor(client);
    this.db = client.db(options.database);
  }

  collection<T extends Document>(name: string): Collection<T> {
    return this.db.collection<T>(name);
  }

  /**
   * Runs one operation within its time: the smaller of `queryTimeoutMs` and what the request has left.
   * `work` passes the limit on to the driver, for the server to keep it too. `name` is its kind, as in "find".
   * @throws {MongoUnavailableError} when the server is away or too many operations wait
   * @throws {MongoTimeoutError} when it does not answer in time, or no time is left to start
   */
  run<T>(name: string, work: (limit: TimeLimit) => Promise<T>): Promise<T> {
    return this.runWithin(this.#options.queryTimeoutMs, name, work);
  }

  /** {@link run} with a time of its own instead of `queryTimeoutMs`. */
  runWithin<T>(timeoutMs: number, name: string, work: (limit: TimeLimit) => Promise<T>): Promise<T> {
    return operations.run(
      () => ({ name, startedAt: performance.now() }),
      () => this.#bounded(timeoutMs, work),
    );
  }

  async #bounded<T>(timeoutMs: number, work: (limit: TimeLimit) => Promise<T>): Promise<T> {
    const left = this.#options.timeLeftMs() ?? Number.POSITIVE_INFINITY;
    if (left <= 0) throw new MongoTimeoutError('no time left for an operation');
    if (this.#underWay >= this.#options.maxPoolSize + this.#options.maxWaiting) {
      throw new MongoUnavailableError('too many operations wait for a database connection');
    }
    const limitMs = Math.max(1, Math.ceil(Math.min(timeoutMs, left)));
    const timeout = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => timeout.reject(new MongoTimeoutError('the database did not answer within the time-out')),
      limitMs + SERVER_FIRST_MS,
    );
    try {
      return await Promise.race([this.#count(work({ maxTimeMS: limitMs })), timeout.promise]);
    } catch (error) {
      throw toFault(error);
    } finally {
      clearTimeout(timer);
    }
  }

  // An operation given up still holds its connection until the driver has ended it.
  async #count<T>(operation: Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await operation;
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Returns when the database answered, within a second; throws otherwise. */
  async ping(): Promise<void> {
    await this.#bounded(PING_TIMEOUT_MS, (limit) => this.db.command({ ping: 1, ...limit }));
  }

  /** Whether a server that takes writes is there, as the driver sees it: it looks twice a second. */
  get health(): DependencyHealth {
    return this.#monitor.health;
  }

  get pool(): PoolFigures {
    return this.#monitor.pool;
  }

  /** Ends all connections within two seconds. May be called again. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const grace = Promise.withResolvers<void>();
    const timer = setTimeout(grace.resolve, CLOSE_GRACE_MS);
    await Promise.race([this.#client.close().catch(() => undefined), grace.promise]);
    clearTimeout(timer);
  }
}

function createClient(options: CompleteOptions): MongoClient {
  const driver = toDriver(options);
  try {
    return new MongoClient(driver.url, driver.options);
  } catch {
    // Without the cause, which holds the connection string and so perhaps a password.
    throw new TypeError(
      'not a MongoDB connection string: mongodb://user:password@host:port/database expected',
    );
  }
}

/**
 * Opens a database, waiting for its server as long as it takes (pauses of up to a second, each reason logged
 * once); only `signal` ends the wait. Writes are acknowledged by the majority and journalled.
 * @throws {TypeError} at once, when `url` is no connection string
 */
export async function openMongo(options: MongoOptions): Promise<Mongo> {
  const complete = completePoolOptions(options);
  const client = createClient(complete);
  const mongo = new Mongo(client, complete);
  const name = `MongoDB at ${client.options.hosts.join(', ')}`;
  try {
    const attempt = async () => {
      // Explicitly: after a first connect that failed, an operation alone would not try again.
      await client.connect().catch((error) => {
        throw toFault(error);
      });
      await mongo.ping();
    };
    await untilReady(attempt, { name, logger: options.logger, signal: options.signal });
  } catch (error) {
    await mongo.close();
    throw error;
  }
  return mongo;
}
