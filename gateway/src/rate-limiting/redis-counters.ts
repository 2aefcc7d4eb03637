// Counts of several gateways in one Redis. Each key stands for one identity in one window: `ratelimit:{service blog
// 127.0.0.1}:minute:1767225600`. The braces keep the windows of one identity on one node of a Redis cluster, as a script
// wants it.
import { hash } from 'node:crypto';
import { internal } from '@tsmicro/network';
import type { Redis, RedisClient } from '@tsmicro/redis';
import type { Logger } from 'pino';
import type { Counters, Limit, Usage } from './limit.ts';
import type { LocalCounters } from './local-counters.ts';

/** All windows in one step: two gateways never let one request too many pass, and what is refused is not counted. */
const TAKE = `
  local reply = { 1 }
  for i, key in ipairs(KEYS) do
    reply[i + 1] = tonumber(redis.call('GET', key) or '0')
    if reply[i + 1] >= tonumber(ARGV[2 * i - 1]) then reply[1] = 0 end
  end
  if reply[1] == 1 then
    for i, key in ipairs(KEYS) do
      reply[i + 1] = redis.call('INCR', key)
      if reply[i + 1] == 1 then redis.call('PEXPIREAT', key, ARGV[2 * i]) end
    end
  end
  return reply
`;

const takeHash = hash('sha1', TAKE);

/** A gateway whose clock is behind still finds the count of a window that is over for the others. */
const clockSkewMs = 5_000;

/** What Redis says, typed: the script's reply is a list of whole numbers. */
function toUsage(reply: unknown): Usage {
  const [admitted, ...used] = Array.isArray(reply) ? reply.map(Number) : [];
  if (admitted === undefined) throw new TypeError('the counting script gave no list');
  return { admitted: admitted === 1, used };
}

/** Names the script by its hash; only a Redis that has not seen it yet gets all of it. */
async function runTake(client: RedisClient, script: ReturnType<typeof toScript>): Promise<unknown> {
  try {
    return await client.evalSha(takeHash, script);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return await client.eval(TAKE, script);
  }
}

/** What counting in Redis needs besides it. */
export interface RedisCountersOptions {
  /** Redis, once it is opened. */
  readonly redis: () => Redis | undefined;
  /** Counts while Redis is away, from what was last known. */
  readonly local: LocalCounters;
  /** Whether requests pass while Redis is away: counted here; else they are a 500. */
  readonly faultTolerant: boolean;
  readonly logger: Logger;
}

/** Counters in Redis, one round trip for all windows. While it is away nobody waits for it, see {@link Redis.run}. */
export class RedisCounters implements Counters {
  readonly #options: RedisCountersOptions;
  #failing = false;

  constructor(options: RedisCountersOptions) {
    this.#options = options;
  }

  take(key: string, limits: readonly Limit[], now: number): Usage | Promise<Usage> {
    const redis = this.#options.redis();
    if (redis === undefined || !redis.available) return this.#takeHere(key, limits, now);
    return this.#takeThere(redis, key, limits, now);
  }

  async #takeThere(redis: Redis, key: string, limits: readonly Limit[], now: number): Promise<Usage> {
    try {
      const usage = toUsage(await redis.run((client) => runTake(client, toScript(key, limits, now)), 'take'));
      this.#options.local.learn(key, limits, now, usage.used);
      this.#failing = false;
      return usage;
    } catch (error) {
      if (!this.#failing) this.#options.logger.warn({ err: error }, 'requests could not be counted in Redis');
      this.#failing = true;
      return this.#takeHere(key, limits, now, error);
    }
  }

  /** @throws {ApiError} 500 where a Redis that is away is no reason to let requests pass */
  #takeHere(key: string, limits: readonly Limit[], now: number, cause?: unknown): Usage {
    const { faultTolerant, local } = this.#options;
    if (!faultTolerant) throw internal(cause ?? new Error('Redis, which counts requests, is away'));
    return local.take(key, limits, now);
  }
}

function toScript(key: string, limits: readonly Limit[], now: number) {
  const keys: string[] = [];
  const args: string[] = [];
  for (const { window, max } of limits) {
    const { startsAt, endsAt } = window.at(now);
    keys.push(`ratelimit:{${key}}:${window.name}:${startsAt / 1_000}`);
    args.push(String(max), String(endsAt + clockSkewMs));
  }
  return { keys, arguments: args };
}
