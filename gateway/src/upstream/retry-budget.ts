const share = 0.1;
const maxSaved = 20;

/**
 * How many requests may be tried again: one for every ten that come, and a small reserve. When everything fails
 * retries stay few, instead of doubling the load on what is already in trouble.
 */
export class RetryBudget {
  #saved = maxSaved / 2;
  #spent = 0;

  /** How many were taken so far. */
  get spent(): number {
    return this.#spent;
  }

  /** Counts a request that came. */
  earn(): void {
    if (this.#saved < maxSaved) this.#saved += share;
  }

  /** Takes a retry out of the budget; false when none is left. */
  spend(): boolean {
    if (this.#saved < 1) return false;
    this.#saved -= 1;
    this.#spent++;
    return true;
  }
}
