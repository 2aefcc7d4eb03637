import type { RedisOptions } from '@tsmicro/redis';
import type { Mapping } from '../declaration/mapping.ts';

/** Where to count, and as whom: the field `redis` of the plugin's `config`. */
export type RedisSettings = Required<Omit<RedisOptions, 'logger' | 'maxCommands'>>;

/** No request waits longer for its count. */
const longestWaitMs = 100;
const longestConnectMs = 500;
const mostMs = 2 ** 31 - 2;
const mostDatabases = 2 ** 31 - 1;

/**
 * Reads the field `redis`; undefined where it is not wanted. `timeout` bounds a connection attempt and a command as far as
 * it is shorter than the usual half second and tenth of a second.
 */
export function parseRedisSettings(config: Mapping, wanted: boolean): RedisSettings | undefined {
  const redis = config.mapping('redis');
  const host = redis.text('host');
  const timeoutMs = redis.integer('timeout', 1, mostMs) ?? longestConnectMs;
  const settings = {
    host: host ?? '',
    port: redis.integer('port', 1, 65_535) ?? 6_379,
    username: redis.text('username'),
    password: redis.text('password'),
    db: redis.integer('database', 0, mostDatabases) ?? 0,
    connectTimeoutMs: Math.min(timeoutMs, longestConnectMs),
    commandTimeoutMs: Math.min(timeoutMs, longestWaitMs),
  };
  for (const field of ['ssl', 'ssl_verify']) {
    if (redis.flag(field) === true)
      redis.complain(field, 'must be false: Redis is reached in the clear only');
  }
  if (redis.text('server_name') !== undefined) redis.complain('server_name', 'has no meaning without ssl');
  redis.end();
  if (wanted && host === undefined && !redis.has('host')) {
    redis.complain('host', 'is required when policy is redis');
  }
  return wanted ? settings : undefined;
}
