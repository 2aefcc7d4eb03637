import { createToken } from './cache-entry.ts';
import { RedisUnavailableError } from './errors.ts';
import type { Redis } from './redis.ts';

/**
 * The epoch of a cache's namespace. It ends, and with it every entry, with each new connection of this
 * process, since drops may have been lost or old data restored in between, and after each drop that failed.
 */
export class Epoch {
  readonly key: string;
  readonly #redis: Redis;
  #failedDrops = 0;
  #clean = false;
  #renewal: Promise<boolean> | undefined;

  constructor(redis: Redis, namespace: string) {
    this.#redis = redis;
    this.key = `${namespace}:epoch`;
    redis.onConnect((run) => this.#end(run));
  }

  /** True when what is stored may be used; ends the epoch first where that is still owed. */
  async usable(): Promise<boolean> {
    return this.#redis.available && (this.#clean || (await this.#renew()));
  }

  /** Notes that a drop failed: what it left behind must not be read any more. */
  soil(): void {
    this.#failedDrops += 1;
    this.#clean = false;
  }

  /** The token of a namespace that has none: ours, or that of another process that was quicker. */
  async begin(): Promise<string> {
    const [, epoch] = await this.#redis.run(
      (client) =>
        Promise.all([client.set(this.key, createToken(), { condition: 'NX' }), client.get(this.key)]),
      'epoch',
    );
    if (!epoch) throw new RedisUnavailableError('the epoch was removed');
    return epoch;
  }

  // An entry without its epoch does not count, and the next reader begins a new one. A deletion, unlike a new
  // token, is also accepted by a Redis whose memory is full.
  async #end(run: Redis['run']): Promise<void> {
    const failedDrops = this.#failedDrops;
    await run((client) => client.del(this.key));
    this.#clean = failedDrops === this.#failedDrops;
  }

  #renew(): Promise<boolean> {
    this.#renewal ??= this.#end((work) => this.#redis.run(work, 'epoch'))
      .then(() => this.#clean)
      .catch(() => false)
      .finally(() => {
        this.#renewal = undefined;
      });
    return this.#renewal;
  }
}
