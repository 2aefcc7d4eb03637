/// <reference path="./rate-limiter-flexible.d.ts" />
import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js';
import RateLimiterRedis from 'rate-limiter-flexible/lib/RateLimiterRedis.js';
import RateLimiterRes from 'rate-limiter-flexible/lib/RateLimiterRes.js';
import type { Redis } from './redis.ts';

/** What a limiter counts, and how far. */
export interface LimiterOptions {
  /** Begins all its keys. */
  namespace: string;
  /** Places of one key. */
  places: number;
  /** After so many seconds from the first one that was taken all places of a key are free again. */
  windowSec: number;
}

/** A place that was taken under a key, or the news that there is none. */
export interface Place {
  readonly admitted: boolean;
  /** Milliseconds until all places of the key are free again. */
  readonly retryAfterMs: number;
  /** Frees the place before that; a refusal has none. Never throws. */
  giveBack(): Promise<void>;
}

type Counter = Pick<RateLimiterMemory, 'consume' | 'reward'>;

/** Counts in a Redis that may be away: each script within its time-out, and failing at once while it is away. */
function createSharedCounter(
  redis: Redis,
  options: ConstructorParameters<typeof RateLimiterMemory>[0],
): Counter {
  const evaluate = (script: string, parameters: { keys: string[]; arguments: string[] }) =>
    redis.run((client) => client.eval(script, parameters), 'limit');
  return new RateLimiterRedis({ ...options, storeClient: { eval: evaluate }, useRedisPackage: true });
}

/**
 * Lets so many pass under a key in a window of time, over all processes together; while Redis is away in this process,
 * for which nobody waits longer than for one command. Never throws because of Redis.
 */
export class Limiter {
  readonly #redis: Redis;
  readonly #shared: Counter;
  readonly #own: Counter;

  /** Use {@link createLimiter}. */
  constructor(redis: Redis, { namespace, places, windowSec }: LimiterOptions) {
    const options = { keyPrefix: namespace, points: places, duration: windowSec };
    this.#redis = redis;
    this.#shared = createSharedCounter(redis, options);
    this.#own = new RateLimiterMemory(options);
  }

  /** Takes a place: of many at once as many get one as one after the other would. */
  async take(key: string): Promise<Place> {
    if (!this.#redis.available) return takeOf(this.#own, key);
    try {
      return await takeOf(this.#shared, key);
    } catch {
      return takeOf(this.#own, key);
    }
  }
}

async function takeOf(counter: Counter, key: string): Promise<Place> {
  const askedAt = performance.now();
  try {
    const { msBeforeNext } = await counter.consume(key);
    return {
      admitted: true,
      retryAfterMs: msBeforeNext,
      giveBack: async () => {
        // A window that is over took its count with it: the next one's is not for this place.
        if (performance.now() - askedAt < msBeforeNext) await free(counter, key);
      },
    };
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    // The library counts refusals too, and they would take the places that are given back.
    await free(counter, key);
    return { admitted: false, retryAfterMs: error.msBeforeNext, giveBack: async () => {} };
  }
}

/** A place that cannot be freed, with Redis away, is free when its window is over. */
async function free(counter: Counter, key: string): Promise<void> {
  await counter.reward(key).catch(() => undefined);
}

/** A limiter whose keys all begin with its namespace. */
export const createLimiter = (redis: Redis, options: LimiterOptions): Limiter => new Limiter(redis, options);
