import { dropEntries, type EntryKeys, fillEntry, GENERATION_TTL_MS, jsonOfEntry } from './cache-entry.ts';
import type { RedisClient } from './connection.ts';
import { Epoch } from './epoch.ts';
import { RedisUnavailableError } from './errors.ts';
import { Flights } from './flight.ts';
import type { Redis } from './redis.ts';

/** What a cache holds and for how long. */
export interface CacheOptions<T> {
  /** Begins all its keys; one kind of value each. */
  namespace: string;
  /** Longest life of an entry. */
  ttlSec: number;
  /** Up to this part of its life is taken off an entry at random, so that not all end at once. @default 0.1 */
  jitter?: number;
  /** Types what was read from JSON, where dates are texts. What it throws at is loaded anew. @default as it is */
  parse?: (value: unknown) => T;
}

/** How reads ended: from the cache, loaded and shared, or loaded past a cache that could not be used. */
export interface CacheFigures {
  hits: number;
  misses: number;
  bypasses: number;
}

interface Miss {
  epoch: string;
  generation: string;
  seenAt: number;
}

// Half the life of a generation: what was loaded for longer may be older than a drop whose token has ended.
const LONGEST_LOAD_MS = GENERATION_TTL_MS / 2;
const MAX_FLIGHTS = 1000;
const SHARED_LOAD_MS = 3000;

/**
 * A read-through cache that is never stale: no read that starts after `drop` returned gives what was there
 * before, in any process, whether Redis is there, hangs, dies or comes back with old data. A Redis that is
 * away costs speed, never an answer.
 */
export class Cache<T> {
  /** Begins all its keys. */
  readonly namespace: string;
  readonly #redis: Redis;
  readonly #epoch: Epoch;
  readonly #ttlMs: number;
  readonly #jitter: number;
  readonly #parse: (value: unknown) => T;
  readonly #flights = new Flights<T>(MAX_FLIGHTS, SHARED_LOAD_MS);
  readonly #figures = { hits: 0, misses: 0, bypasses: 0 };

  /** Use {@link createCache}. */
  constructor(redis: Redis, options: CacheOptions<T>) {
    this.#redis = redis;
    this.namespace = options.namespace;
    this.#ttlMs = options.ttlSec * 1000;
    this.#jitter = options.jitter ?? 0.1;
    this.#parse = options.parse ?? asItIs<T>;
    this.#epoch = new Epoch(redis, options.namespace);
    redis.addCache(this);
  }

  /** The cached value, or what `load` gives. Concurrent misses of one process share one load and its error. */
  through(key: string, load: () => Promise<T>): Promise<T> {
    return this.#read(
      key,
      load,
      (json) => this.#parse(JSON.parse(json)),
      (value) => value,
    );
  }

  /** {@link through} for who passes the JSON on as it is: a hit is neither parsed nor checked. */
  throughJson(key: string, load: () => Promise<T>): Promise<string> {
    return this.#read(
      key,
      load,
      (json) => json,
      (value) => JSON.stringify(value),
    );
  }

  /** The cached value, when there is one that can be used: for who looks into several caches before loading anything. */
  async peek(key: string): Promise<T | undefined> {
    const seen = await this.#look(key, (json) => this.#parse(JSON.parse(json)));
    if (seen === undefined || !('value' in seen)) return undefined;
    this.#figures.hits += 1;
    return seen.value;
  }

  async #read<R>(
    key: string,
    load: () => Promise<T>,
    fromJson: (json: string) => R,
    fromValue: (value: T) => R,
  ): Promise<R> {
    const seen = await this.#look(key, fromJson);
    if (seen === undefined) {
      this.#figures.bypasses += 1;
      return fromValue(await load());
    }
    if ('value' in seen) {
      this.#figures.hits += 1;
      return seen.value;
    }
    this.#figures.misses += 1;
    const flight = `${seen.epoch}:${seen.generation}:${key}`;
    return fromValue(await this.#flights.share(flight, load, (value) => this.#fill(key, value, seen)));
  }

  /**
   * After this no read sees what these keys held before, and no load begun before is stored. Call it after the
   * change is written and before it is acknowledged. Never throws; a hanging Redis costs `commandTimeoutMs`.
   */
  async drop(...keys: string[]): Promise<void> {
    if (keys.length === 0) return;
    const dropped = keys.map((key) => this.#keysOf(key));
    await this.#invalidate((client) => dropEntries(client, dropped));
  }

  /** {@link drop} for every key of the namespace. */
  async dropAll(): Promise<void> {
    await this.#invalidate((client) => client.del(this.#epoch.key));
  }

  get figures(): CacheFigures {
    return { ...this.#figures };
  }

  /** One round trip: the entry and what it is judged by. Undefined while the cache cannot be used. */
  async #look<R>(key: string, fromJson: (json: string) => R): Promise<{ value: R } | Miss | undefined> {
    try {
      if (!(await this.#epoch.usable())) return undefined;
      const seenAt = performance.now();
      const keys = this.#keysOf(key);
      const [epoch, generation, entry] = await this.#redis.run(
        (client) => client.mGet([keys.epoch, keys.generation, keys.entry]),
        'mget',
      );
      const found = epoch ? readable(jsonOfEntry(epoch, entry ?? null), fromJson) : undefined;
      if (found !== undefined) return found;
      return { epoch: epoch ?? (await this.#epoch.begin()), generation: generation ?? '', seenAt };
    } catch {
      return undefined;
    }
  }

  async #fill(key: string, value: T, miss: Miss): Promise<void> {
    const json = JSON.stringify(value);
    if (json === undefined || performance.now() - miss.seenAt > LONGEST_LOAD_MS) return;
    const lifeMs = Math.max(1, Math.round(this.#ttlMs * (1 - this.#jitter * Math.random())));
    await this.#redis.run(
      (client) => fillEntry(client, this.#keysOf(key), miss, { entry: miss.epoch + json, lifeMs }),
      'fill',
    );
  }

  // Of an away Redis it is not enough to know: another process may have it back already and cache what this
  // change makes stale. So each drop tries for itself, and once more when the connection broke under it.
  async #invalidate(work: (client: RedisClient) => Promise<unknown>): Promise<void> {
    for (let attempt = 0; attempt < 2 && (await this.#redis.reach()); attempt += 1) {
      try {
        await this.#redis.run(work, 'drop');
        return;
      } catch (error) {
        if (!(error instanceof RedisUnavailableError)) break;
      }
    }
    this.#epoch.soil();
    await this.#epoch.usable();
  }

  #keysOf(key: string): EntryKeys {
    const { namespace } = this;
    return {
      epoch: this.#epoch.key,
      generation: `${namespace}:gen:${key}`,
      entry: `${namespace}:entry:${key}`,
    };
  }
}

/** What an entry holds; undefined for none, and for one that cannot be read, which is loaded anew. */
function readable<R>(json: string | undefined, fromJson: (json: string) => R): { value: R } | undefined {
  if (json === undefined) return undefined;
  try {
    return { value: fromJson(json) };
  } catch {
    return undefined;
  }
}

// Without a parser the caller vouches that a T survives JSON unchanged.
const asItIs = <T>(value: unknown): T => value as T;

/** A cache for one kind of value in a namespace of its own. */
export function createCache<T>(redis: Redis, options: CacheOptions<T>): Cache<T> {
  return new Cache(redis, options);
}
