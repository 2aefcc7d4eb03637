import { keeping } from './notice.ts';

/** Who tells and has not been heard for so long is gone, and nobody waits for it any more. */
const forgetMs = 3_000;

interface Lease {
  /** Of the last beat that was answered. */
  sentAt: number;
  heardAt: number;
}

/** What a keeper was granted by each of those who tell; times are of `performance.now()`. */
export class Leases {
  readonly #byTeller = new Map<string, Lease>();

  /** A teller has answered the beat that was sent then. */
  note(teller: string, sentAt: number, now: number): void {
    const known = this.#byTeller.get(teller);
    if (known === undefined) this.#byTeller.set(teller, { sentAt, heardAt: now });
    else if (sentAt > known.sentAt) Object.assign(known, { sentAt, heardAt: now });
  }

  /** Until when all of them are known to wait for this keeper; long past where there is none. */
  until(now: number): number {
    let until = Number.POSITIVE_INFINITY;
    for (const [teller, { sentAt, heardAt }] of this.#byTeller) {
      if (now - heardAt > forgetMs) this.#byTeller.delete(teller);
      else until = Math.min(until, sentAt + keeping.trustMs);
    }
    return this.#byTeller.size === 0 ? Number.NEGATIVE_INFINITY : until;
  }

  /** None of them is there, or what they said counts no more. */
  clear(): void {
    this.#byTeller.clear();
  }
}
