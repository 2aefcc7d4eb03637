import { type Cache, createCache, type Redis } from '@tsmicro/redis';
import type { KeptSession, KeptSubject } from './model.ts';

/** A change whose instance died before its drop is heard of by its event; without NATS it is unknown for so long at most. */
const ttlSec = 30;

/** What decisions about tokens go by, apart for what changes apart. */
export interface DecisionCaches {
  /** By the primary key of a session. */
  sessions: Cache<KeptSession | undefined>;
  /** By the id of a user, in lower case. */
  subjects: Cache<KeptSubject | undefined>;
}

/** The caches of what is in force; what is not is never kept. */
export function createDecisionCaches(redis: Redis): DecisionCaches {
  return {
    sessions: createCache(redis, { namespace: 'auth:session', ttlSec }),
    subjects: createCache(redis, { namespace: 'auth:subject', ttlSec }),
  };
}
