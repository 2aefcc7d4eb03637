const decrease = 0.8;
const increase = 1.1;

/** What a {@link Headroom} follows. */
export interface HeadroomOptions {
  /** A wait that may be: one that even the quickest exceeds is no burst, but more than can be worked off. */
  targetMs: number;
  /** The least that is left, as a share of the whole. */
  min: number;
}

/**
 * How much of the whole may be taken in, from `min` to 1, by how long what was taken in waits. As long as even the
 * shortest wait of an interval is above the target, it sinks by a fifth each interval; else it rises by a tenth. The
 * judgement by a minimum is CoDel's (RFC 8289): bursts that pass are not held against anyone.
 */
export class Headroom {
  readonly #options: HeadroomOptions;
  #share = 1;
  #shortestMs = Number.POSITIVE_INFINITY;

  constructor(options: HeadroomOptions) {
    this.#options = options;
  }

  get share(): number {
    return this.#share;
  }

  /** Tells of one wait. */
  observe(waitMs: number): void {
    if (waitMs < this.#shortestMs) this.#shortestMs = waitMs;
  }

  /** Ends an interval; its owner says how long one is. One without any wait is a quiet one. */
  judge(): void {
    const { targetMs, min } = this.#options;
    const standing = this.#shortestMs > targetMs && this.#shortestMs < Number.POSITIVE_INFINITY;
    this.#share = standing ? Math.max(min, this.#share * decrease) : Math.min(1, this.#share * increase);
    this.#shortestMs = Number.POSITIVE_INFINITY;
  }
}
