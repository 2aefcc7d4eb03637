// Kong's plugin rate-limiting: so many requests of one caller in a window of the calendar. It counts in this process, or
// for several gateways in Redis; rate-limiter-flexible has neither windows of the calendar nor several in one step.
import { ApiError } from '@tsmicro/network';
import { pass } from '../plugin/pass.ts';
import type { Plugin, PluginKind, PluginResources, Verdict } from '../plugin/plugin.ts';
import type { Exchange } from '../proxy/exchange.ts';
import { ClientHeaders } from './client-headers.ts';
import { identifierOf } from './identifier.ts';
import type { Counters, Usage } from './limit.ts';
import { RedisCounters } from './redis-counters.ts';
import type { SharedRedis } from './redis-pool.ts';
import { parseRateSettings, type RateSettings } from './settings.ts';

class RateLimiting implements Plugin {
  readonly #settings: RateSettings;
  readonly #scope: string;
  readonly #counters: Counters;
  readonly #headers: ClientHeaders;
  readonly #shared: SharedRedis | undefined;

  constructor(settings: RateSettings, scope: string, { counting, addressOf, logger }: PluginResources) {
    const { redis, faultTolerant } = settings;
    const { local } = counting;
    this.#settings = settings;
    this.#scope = scope || 'everywhere';
    this.#counters = local;
    this.#headers = new ClientHeaders(settings.limits);
    if (redis === undefined) return;
    const shared = counting.redis.share({ ...redis, ...addressOf(redis.host, redis.port) });
    this.#shared = shared;
    this.#counters = new RedisCounters({ redis: () => shared.redis, local, faultTolerant, logger });
  }

  access(exchange: Exchange): Verdict | Promise<Verdict> {
    const now = Date.now();
    const key = `${this.#scope} ${identifierOf(this.#settings.identity, exchange)}`;
    const usage = this.#counters.take(key, this.#settings.limits, now);
    if (usage instanceof Promise) return usage.then((counted) => this.#rule(exchange, counted, now));
    return this.#rule(exchange, usage, now);
  }

  #rule(exchange: Exchange, usage: Usage, now: number): Verdict {
    const { hideClientHeaders, errorCode, errorMessage } = this.#settings;
    if (!hideClientHeaders) exchange.answerHeaders.push(...this.#headers.of(usage, now));
    if (usage.admitted) return undefined;
    throw new ApiError(errorCode, errorMessage, {
      retryAfterSec: this.#headers.secondsUntilReset(usage, now),
    });
  }

  async close(): Promise<void> {
    await this.#shared?.release();
  }
}

/** `rate-limiting`, for declarations. */
export const rateLimitingPlugin: PluginKind = {
  name: 'rate-limiting',
  priority: 910,
  parse(config, scope) {
    const settings = parseRateSettings(config);
    return (resources) => (resources.rateLimit ? new RateLimiting(settings, scope, resources) : pass);
  },
};
