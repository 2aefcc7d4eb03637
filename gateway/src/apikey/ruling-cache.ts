import { LRUCache } from 'lru-cache';
import type { Refusal, Ruling } from './ruling.ts';
import type { ApikeySettings } from './settings.ts';

/** A key that was granted and when; it may be used a while longer when nobody can be asked. */
export interface Grant {
  readonly verifiedAt: number;
  freshUntil: number;
  /** The last check found nobody to ask. */
  unconfirmed: boolean;
}

interface KeptRefusal {
  readonly refusal: Refusal;
  readonly until: number;
}

const maxGrants = 10_000;
const maxRefusals = 1_000;
/** How long a known key is good without being confirmed. */
const graceMs = 5 * 60_000;
/** How long until the next check is tried after one that found nobody. */
const recheckMs = 1_000;

/** What is known of keys, by their digest, and for how long; bounded in number. Times are of performance.now. */
export class RulingCache {
  readonly #cacheTtlMs: number;
  readonly #negativeTtlMs: number;
  readonly #grants = new LRUCache<string, Grant>({ max: maxGrants });
  readonly #refusals = new LRUCache<string, KeptRefusal>({ max: maxRefusals });

  constructor(settings: Pick<ApikeySettings, 'cacheTtlSec' | 'negativeTtlSec'>) {
    this.#cacheTtlMs = settings.cacheTtlSec * 1_000;
    this.#negativeTtlMs = settings.negativeTtlSec * 1_000;
  }

  /** The ruling that is in force at `now`; undefined when the key must be checked. */
  find(digest: string, now: number): Ruling | undefined {
    const grant = this.#grants.get(digest);
    if (grant !== undefined && now < grant.freshUntil) return 'granted';
    const kept = this.#refusals.get(digest);
    return kept !== undefined && now < kept.until ? kept.refusal : undefined;
  }

  /** A grant that may be used although it is not fresh, when nobody can be asked. */
  findGrant(digest: string, now: number): Grant | undefined {
    const grant = this.#grants.get(digest);
    return grant !== undefined && now < grant.verifiedAt + graceMs ? grant : undefined;
  }

  /** Keeps what was said. A grant's time is cut by up to a tenth: keys learnt together are not checked together. */
  keep(digest: string, ruling: Ruling, now: number): void {
    if (ruling === 'granted') {
      const ttlMs = this.#cacheTtlMs * (1 - Math.random() / 10);
      this.#grants.set(digest, { verifiedAt: now, freshUntil: now + ttlMs, unconfirmed: false });
      this.#refusals.delete(digest);
    } else {
      this.#grants.delete(digest);
      this.#refusals.set(digest, { refusal: ruling, until: now + this.#negativeTtlMs });
    }
  }

  /** Nobody could be asked: the grant goes on, to be checked again soon. */
  extend(grant: Grant, now: number): void {
    grant.unconfirmed = true;
    grant.freshUntil = Math.min(now + recheckMs, grant.verifiedAt + graceMs);
  }
}
