import { createHash } from 'node:crypto';
import { ApiError, tooManyRequests } from '@tsmicro/network';

/** A place among the failures that are allowed, or none. */
export interface FailurePlace {
  readonly admitted: boolean;
  /** Milliseconds until places are free again. */
  readonly retryAfterMs: number;
  /** Frees the place: there was no failure. */
  giveBack(): Promise<void>;
}

/** Counts failures under a key, for all instances together. */
export interface FailureLimit {
  take(key: string): Promise<FailurePlace>;
}

/** What failures are allowed, of one client and on one account. */
export interface FailureLimits {
  client: FailureLimit;
  account: FailureLimit;
}

/** Who tries what; each kind has counts of its own. */
export interface Attempt {
  kind: 'sign-in' | 'sign-up' | 'refresh' | 'password';
  /** The client as `clientOf` of its request names it. */
  client: string;
  /** The email or id of the account that is tried, whether there is such an account or not. */
  account?: string;
}

/**
 * PostgreSQL's lower() folds what toLowerCase keeps apart, such as a dotted capital I: with marks and forms gone, no two
 * spellings of one account have two counts.
 */
const fold = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** Emails and addresses are nobody's business in Redis. */
const keyOf = (kind: Attempt['kind'], who: string) =>
  `${kind}:${createHash('sha256').update(fold(who)).digest('base64url')}`;

const isFailure = (error: unknown) => error instanceof ApiError && error.status < 500 && error.status !== 429;

/**
 * Bounds guessing (OWASP Authentication Cheat Sheet, "Login Throttling"): so many failures of one client and on one
 * account, in a minute. An attempt counts before it is made, so that many at once are not more than the same number one
 * after the other, and what was no failure is given back. Sessions in force are not touched by it.
 */
export class Throttle {
  readonly #limits: FailureLimits | undefined;

  /** Without limits everything passes. */
  constructor(limits?: FailureLimits) {
    this.#limits = limits;
  }

  /**
   * Does `work`, whose ApiErrors below 500 are failures; any other end of it is none.
   * @throws {ApiError} 429 with `retry-after`, before the work began; the same for accounts that do not exist
   */
  async attempt<T>({ kind, client, account }: Attempt, work: () => Promise<T>): Promise<T> {
    const limits = this.#limits;
    if (limits === undefined) return work();
    return within(limits.client, keyOf(kind, client), () =>
      account === undefined ? work() : within(limits.account, keyOf(kind, account), work),
    );
  }
}

/** One failure less may happen under this key while `work` runs, and after it when it failed. */
async function within<T>(limit: FailureLimit, key: string, work: () => Promise<T>): Promise<T> {
  const place = await limit.take(key);
  if (!place.admitted) {
    const retryAfterSec = Math.max(1, Math.ceil(place.retryAfterMs / 1_000));
    throw tooManyRequests('too many attempts', { retryAfterSec });
  }
  let failed = false;
  try {
    return await work();
  } catch (error) {
    failed = isFailure(error);
    throw error;
  } finally {
    if (!failed) await place.giveBack();
  }
}
