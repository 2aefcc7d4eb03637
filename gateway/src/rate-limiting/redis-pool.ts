import { openRedis, type Redis, type RedisOptions } from '@tsmicro/redis';
import type { Logger } from 'pino';

/** A connection that plugins share. */
export interface SharedRedis {
  /** Undefined until it was tried for the first time, for a quarter of a second at most. */
  readonly redis: Redis | undefined;
  /** Closes the connection when nobody else has it. */
  release(): Promise<void>;
}

interface Entry {
  users: number;
  redis: Redis | undefined;
  readonly opening: Promise<Redis>;
}

/** Connections to Redis, one for each server, database and user; opened with the first who wants it. */
export class RedisPool {
  readonly #entries = new Map<string, Entry>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Gives the connection for these options, at once; it is there or comes by itself. */
  share(options: Omit<RedisOptions, 'logger'>): SharedRedis {
    const key = JSON.stringify(options);
    const entry = this.#entries.get(key) ?? this.#open(key, options);
    entry.users++;
    let released = false;
    return {
      get redis() {
        return entry.redis;
      },
      release: async () => {
        if (released) return;
        released = true;
        if (--entry.users > 0) return;
        this.#entries.delete(key);
        await (await entry.opening).close();
      },
    };
  }

  /** Resolves when each connection was tried for the first time. */
  async opened(): Promise<void> {
    await Promise.all(Array.from(this.#entries.values(), ({ opening }) => opening));
  }

  #open(key: string, options: Omit<RedisOptions, 'logger'>): Entry {
    const opening = openRedis({ ...options, logger: this.#logger });
    const entry: Entry = { users: 0, redis: undefined, opening };
    this.#entries.set(key, entry);
    void opening.then((redis) => {
      entry.redis = redis;
    });
    return entry;
  }
}
