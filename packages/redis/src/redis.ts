import { setTimeout as sleep } from 'node:timers/promises';
import { type DependencyHealth, HealthRecord, type Operation, OperationChannel } from '@tsmicro/dependency';
import type { CacheFigures } from './cache.ts';
import { Connection, type RedisClient } from './connection.ts';
import { RedisUnavailableError } from './errors.ts';
import { type CompleteOptions, completeOptions, type RedisOptions } from './options.ts';

/** Work on a new connection before anyone may use it; when it throws, the connection is given up. */
export type ConnectHook = (run: Redis['run']) => Promise<void>;

// How soon a Redis that hangs is noticed by a process that sends it nothing.
const HEARTBEAT_MS = 250;
const LONGEST_PAUSE_MS = 1000;
const CLOSE_GRACE_MS = 1000;

const operations = new OperationChannel<Operation>('redis');

/** A cache, for who wants to know how it does. */
export interface NamedCache {
  readonly namespace: string;
  readonly figures: CacheFigures;
}

function pauseMs(failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, 25 * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2);
}

/**
 * Redis, there or not. It reconnects for ever; while it is away commands fail at once, and it is away as soon
 * as one command was not answered in time.
 */
export class Redis {
  readonly #options: CompleteOptions;
  readonly #hooks: ConnectHook[] = [];
  readonly #closing = new AbortController();
  readonly #caches: NamedCache[] = [];
  readonly #health: HealthRecord;
  #connection: Connection | undefined;
  #wake = new AbortController();
  #attempt = Promise.withResolvers<void>();
  #away: boolean | undefined;
  readonly #reconnecting: Promise<void>;

  /** Use {@link openRedis}. */
  constructor(options: RedisOptions) {
    this.#options = completeOptions(options);
    this.#health = new HealthRecord('Redis', 'down', `${options.host}:${options.port}`);
    this.#reconnecting = this.#keepConnected();
  }

  /** True while commands can be sent. */
  get available(): boolean {
    return this.#connection?.alive === true;
  }

  /** Since when it is there, or away. */
  get health(): DependencyHealth {
    return this.#health.current;
  }

  /** The caches on this Redis. */
  get caches(): readonly NamedCache[] {
    return this.#caches;
  }

  /**
   * Runs commands within `commandTimeoutMs`; `name` is their kind, as in "get".
   * @throws {RedisUnavailableError} at once, while Redis is away
   * @throws {RedisTimeoutError} when it does not answer; from then on it is away
   */
  run<T>(work: (client: RedisClient) => Promise<T>, name = 'command'): Promise<T> {
    return operations.run(
      () => ({ name, startedAt: performance.now() }),
      async () => {
        if (this.#connection === undefined) throw new RedisUnavailableError('Redis is away');
        return await this.#connection.run(work);
      },
    );
  }

  /** Tries to connect now instead of after the pause; true when Redis is there within `timeoutMs`. */
  async reach(timeoutMs = this.#options.commandTimeoutMs): Promise<boolean> {
    if (this.available || this.#closing.signal.aborted) return this.available;
    this.#wake.abort();
    const patience = new AbortController();
    await Promise.race([
      this.#attempt.promise,
      sleep(timeoutMs, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
    patience.abort();
    return this.available;
  }

  /** Calls the hook with each new connection, before its first use by others. */
  onConnect(hook: ConnectHook): void {
    this.#hooks.push(hook);
  }

  /** Counts a cache among {@link caches}. */
  addCache(cache: NamedCache): void {
    this.#caches.push(cache);
  }

  /** Returns when Redis answers, throws otherwise. */
  async ping(): Promise<void> {
    await this.run((client) => client.ping(), 'ping');
  }

  /** Lets commands under way be answered for up to a second. May be called again. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#wake.abort();
    await this.#connection?.close(CLOSE_GRACE_MS).catch(() => undefined);
    await this.#reconnecting;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #keepConnected(): Promise<void> {
    for (let failures = 0; !this.#closing.signal.aborted; ) {
      const connection = await this.#connect();
      failures = connection === undefined ? failures + 1 : 0;
      this.#attempt.resolve();
      this.#attempt = Promise.withResolvers();
      if (connection === undefined) await this.#pause(pauseMs(failures));
      else await this.#watch(connection);
    }
  }

  async #connect(): Promise<Connection | undefined> {
    try {
      const connection = await Connection.open(this.#options);
      try {
        for (const hook of this.#hooks) await hook((work) => connection.run(work));
      } catch (error) {
        connection.destroy('not usable');
        throw error;
      }
      this.#connection = connection;
      if (this.#closing.signal.aborted) connection.destroy('closed');
      return connection;
    } catch (error) {
      this.#note(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  /** Stays with a connection until it is lost. */
  async #watch(connection: Connection): Promise<void> {
    this.#note(undefined);
    const heartbeat = setInterval(() => {
      connection.run((client) => client.ping()).catch(() => undefined);
    }, HEARTBEAT_MS);
    heartbeat.unref();
    const reason = await connection.lost;
    clearInterval(heartbeat);
    this.#note(reason);
  }

  async #pause(durationMs: number): Promise<void> {
    this.#wake = new AbortController();
    if (this.#closing.signal.aborted) return;
    await sleep(durationMs, undefined, { signal: this.#wake.signal }).catch(() => undefined);
  }

  /** Takes down the coming and going, and logs it, once each. */
  #note(reason: string | undefined): void {
    const away = reason !== undefined;
    this.#health.note(away ? 'down' : 'up');
    if (away === this.#away || this.#closing.signal.aborted) return;
    this.#away = away;
    if (away) this.#options.logger?.warn({ reason }, 'Redis is away');
    else this.#options.logger?.info({}, 'Redis is there');
  }
}

/**
 * Opens Redis and returns at once, at the latest after a quarter of a second, whether it is there or not:
 * a dead Redis never keeps a service from starting.
 */
export async function openRedis(options: RedisOptions): Promise<Redis> {
  const redis = new Redis(options);
  await redis.reach(250);
  return redis;
}
