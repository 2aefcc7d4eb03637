import type { Redis } from './redis.ts';

/**
 * Values with a life time, for which a dead Redis is a miss: reads give undefined, writes false, nothing
 * throws. For what may be lost at any time; what must not be stale belongs into a {@link Cache}.
 */
export class Store {
  readonly #redis: Redis;
  readonly #prefix: string;

  /** Use {@link createStore}. */
  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async getText(key: string): Promise<string | undefined> {
    try {
      return (await this.#redis.run((client) => client.get(this.#keyOf(key)), 'get')) ?? undefined;
    } catch {
      return undefined;
    }
  }

  /** True when it was stored. */
  async setText(key: string, value: string, ttlSec: number): Promise<boolean> {
    try {
      const expiration = { type: 'PX' as const, value: Math.max(1, Math.round(ttlSec * 1000)) };
      await this.#redis.run((client) => client.set(this.#keyOf(key), value, { expiration }), 'set');
      return true;
    } catch {
      return false;
    }
  }

  /** The value as `parse` types it; a value that is no JSON, or that `parse` throws at, is a miss. */
  async getJson<T>(key: string, parse: (value: unknown) => T): Promise<T | undefined> {
    const text = await this.getText(key);
    if (text === undefined) return undefined;
    try {
      return parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  /** True when it was stored. */
  setJson(key: string, value: unknown, ttlSec: number): Promise<boolean> {
    return this.setText(key, JSON.stringify(value), ttlSec);
  }

  /** True when the keys are gone for certain. */
  async delete(...keys: string[]): Promise<boolean> {
    if (keys.length === 0) return true;
    try {
      await this.#redis.run((client) => client.del(keys.map((key) => this.#keyOf(key))), 'del');
      return true;
    } catch {
      return false;
    }
  }

  #keyOf(key: string): string {
    return `${this.#prefix}:${key}`;
  }
}

/** A store whose keys all begin with `prefix:`. */
export const createStore = (redis: Redis, prefix: string): Store => new Store(redis, prefix);
