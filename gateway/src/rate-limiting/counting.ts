import type { Logger } from 'pino';
import { LocalCounters } from './local-counters.ts';
import { RedisPool } from './redis-pool.ts';

/** What all rate limits of a gateway count with; it outlives a declaration, so that a new one does not forget counts. */
export class Counting {
  readonly local = new LocalCounters();
  readonly redis: RedisPool;

  constructor(logger: Logger) {
    this.redis = new RedisPool(logger);
  }
}
