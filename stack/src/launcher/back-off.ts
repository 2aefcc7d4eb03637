const firstMs = 100;
const longestMs = 10_000;
const stableMs = 10_000;

/** How long to wait before a program that ended is started again: 0.1 s, doubled up to 10 s. */
export class BackOff {
  #nextMs = firstMs;

  /** The wait after a run of this length; one of more than 10 s counts as sound, and the waits begin anew. */
  next(ranMs: number): number {
    const wait = ranMs > stableMs ? firstMs : this.#nextMs;
    this.#nextMs = Math.min(wait * 2, longestMs);
    return wait;
  }
}
