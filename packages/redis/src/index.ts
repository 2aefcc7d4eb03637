export { Cache, type CacheFigures, type CacheOptions, createCache } from './cache.ts';
export type { RedisClient } from './connection.ts';
export { LoadTimeoutError, RedisTimeoutError, RedisUnavailableError } from './errors.ts';
export { createLimiter, Limiter, type LimiterOptions, type Place } from './limiter.ts';
export type { RedisOptions } from './options.ts';
export { type ConnectHook, type NamedCache, openRedis, Redis } from './redis.ts';
export { createStore, Store } from './store.ts';
