import { type Cache, createCache, type Redis } from '@tsmicro/redis';
import type { User } from './model.ts';

const ttlSec = 600;

/** What everybody may see of users, kept for ten minutes. */
export type ProfileCache = Cache<Omit<User, 'email'>>;

/** The cache of public profiles; its keys are user ids in lower case. */
export function createProfileCache(redis: Redis): ProfileCache {
  return createCache(redis, { namespace: 'auth:profile', ttlSec });
}
