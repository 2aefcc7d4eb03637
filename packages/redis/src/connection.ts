import { createClient, ErrorReply } from '@redis/client';
import { RedisTimeoutError, RedisUnavailableError } from './errors.ts';
import type { CompleteOptions } from './options.ts';

function createPlainClient(options: CompleteOptions) {
  return createClient({
    socket: {
      host: options.host,
      port: options.port,
      connectTimeout: options.connectTimeoutMs,
      reconnectStrategy: false,
    },
    ...(options.username ? { username: options.username } : {}),
    ...(options.password ? { password: options.password } : {}),
    database: options.db,
    commandsQueueMaxLength: options.maxCommands,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    // The library's own time-out covers only the wait before a command is written, at a signal each.
    commandOptions: { timeout: 0 },
  });
}

/** The official client, for the commands inside of `redis.run`. */
export type RedisClient = ReturnType<typeof createPlainClient>;

/**
 * One socket to Redis, from its first answer to its loss; it never reconnects. A command that is not answered
 * in time is its end: what hangs once would let each later command wait as long.
 */
export class Connection {
  readonly #client: RedisClient;
  readonly #timeoutMs: number;
  readonly #loss = Promise.withResolvers<string>();
  #alive = true;

  private constructor(client: RedisClient, timeoutMs: number) {
    this.#client = client;
    this.#timeoutMs = timeoutMs;
    client.on('error', (error: Error) => this.destroy(error.message));
  }

  /** Connects and waits for the first answer; a Redis that still loads its data counts as away. */
  static async open(options: CompleteOptions): Promise<Connection> {
    const connection = new Connection(createPlainClient(options), options.commandTimeoutMs);
    await connection.#start(options.connectTimeoutMs);
    return connection;
  }

  async #start(timeoutMs: number): Promise<void> {
    try {
      await this.#bounded(async (client) => {
        await client.connect();
        await client.ping();
      }, timeoutMs);
    } catch (error) {
      this.destroy('no connection');
      throw toFault(error);
    }
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Settles with the reason when the connection is lost. */
  get lost(): Promise<string> {
    return this.#loss.promise;
  }

  /** Runs commands under one time-out; an error reply of Redis is thrown as it is. */
  async run<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    if (!this.#alive) throw new RedisUnavailableError('Redis is away');
    try {
      return await this.#bounded(work, this.#timeoutMs);
    } catch (error) {
      if (error instanceof RedisTimeoutError) this.destroy('no answer');
      throw toFault(error);
    }
  }

  async #bounded<T>(work: (client: RedisClient) => Promise<T>, timeoutMs: number): Promise<T> {
    const timeout = Promise.withResolvers<never>();
    // After a pause of this process the answer may lie in the socket: setImmediate lets it be read first.
    const timer = setTimeout(() => {
      setImmediate(() => timeout.reject(new RedisTimeoutError('Redis did not answer within the time-out')));
    }, timeoutMs);
    try {
      return await Promise.race([work(this.#client), timeout.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the socket at once; commands under way fail. */
  destroy(reason: string): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#client.destroy();
    this.#loss.resolve(reason);
  }

  /** Lets commands under way be answered, then ends the socket. */
  async close(graceMs: number): Promise<void> {
    if (!this.#alive) return;
    try {
      await this.#bounded((client) => client.close(), graceMs);
    } finally {
      this.destroy('closed');
    }
  }
}

// While it loads its data, or follows a primary that is away, Redis answers every command with such an error.
const NOT_SERVING = /^(LOADING|MASTERDOWN|BUSY|TRYAGAIN)\b/;

function toFault(error: unknown): unknown {
  if (!(error instanceof Error) || 'fault' in error) return error;
  if (error instanceof ErrorReply && !NOT_SERVING.test(error.message)) return error;
  return new RedisUnavailableError('Redis is away', { cause: error });
}
