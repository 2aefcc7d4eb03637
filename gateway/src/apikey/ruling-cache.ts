import { LRUCache } from 'lru-cache';
import type { Refusal, Ruling, Verification } from './ruling.ts';
import type { ApikeySettings } from './settings.ts';

/** A key that was granted; it may be used a while longer when nobody can be asked. */
export interface Grant {
  freshUntil: number;
  /** When it is over whoever can be asked: the key has ended, or was not confirmed for too long. */
  goodUntil: number;
  /** The last check found nobody to ask. */
  unconfirmed: boolean;
}

interface KeptRefusal {
  readonly refusal: Refusal;
  readonly until: number;
}

const maxGrants = 10_000;
const maxRefusals = 1_000;
const maxRevoked = 1_000;
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
  /** When keys were revoked. One that no longer fits in puts every answer from before it in doubt. */
  readonly #revoked = new LRUCache<string, number>({
    max: maxRevoked,
    dispose: (at, _digest, reason) => {
      if (reason === 'evict') this.#doubtedUntil = Math.max(this.#doubtedUntil, at);
    },
  });
  #doubtedUntil = Number.NEGATIVE_INFINITY;

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
    return grant !== undefined && now < grant.goodUntil ? grant : undefined;
  }

  /**
   * Keeps what was said, a grant no longer than its key lives and only when no revocation can have come after it. A
   * grant's time is cut by up to a tenth: keys learnt together are not checked together.
   */
  keep(digest: string, { ruling, askedAt, endsAt }: Verification, now: number): void {
    if (ruling !== 'granted') {
      this.#grants.delete(digest);
      this.#refusals.set(digest, { refusal: ruling, until: now + this.#negativeTtlMs });
    } else if (this.isInDoubt(digest, askedAt)) {
      return;
    } else if (endsAt <= now) {
      this.#grants.delete(digest);
    } else {
      const ttlMs = this.#cacheTtlMs * (1 - Math.random() / 10);
      this.#grants.set(digest, {
        freshUntil: Math.min(now + ttlMs, endsAt),
        goodUntil: Math.min(now + graceMs, endsAt),
        unconfirmed: false,
      });
      this.#refusals.delete(digest);
    }
  }

  /** Nobody could be asked: a grant that is still good goes on, to be checked again soon. Whether there is one. */
  extend(digest: string, now: number): boolean {
    const grant = this.findGrant(digest, now);
    if (grant === undefined) return false;
    grant.unconfirmed = true;
    grant.freshUntil = Math.min(now + recheckMs, grant.goodUntil);
    return true;
  }

  /** Whether a grant asked for at `askedAt` may be older than a revocation of the key. */
  isInDoubt(digest: string, askedAt: number): boolean {
    return askedAt <= Math.max(this.#doubtedUntil, this.#revoked.peek(digest) ?? Number.NEGATIVE_INFINITY);
  }

  /** The key ends at `endsAt`, by default now, and its grant with it; what a check says that is running is not kept. */
  revoke(digest: string, now: number, endsAt = now): void {
    this.#revoked.set(digest, now);
    const grant = this.#grants.peek(digest);
    if (grant === undefined) return;
    grant.freshUntil = Math.min(grant.freshUntil, endsAt);
    grant.goodUntil = Math.min(grant.goodUntil, endsAt);
    if (!(now < grant.goodUntil)) this.#grants.delete(digest);
  }

  /** Revocations may have been missed: every grant is to be confirmed at its next use, where somebody can be asked. */
  doubtAll(now: number): void {
    this.#doubtedUntil = now;
    for (const grant of this.#grants.values()) {
      grant.freshUntil = Math.min(grant.freshUntil, now);
      grant.unconfirmed = false;
    }
  }
}
