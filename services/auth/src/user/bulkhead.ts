/** More work waits than may wait; the caller may try again soon. */
export class BulkheadFullError extends Error {
  override readonly name = 'BulkheadFullError';
  readonly fault = 'unavailable';
}

/** The time of the request was over before its turn came; its work was not started. */
export class BulkheadTimeoutError extends Error {
  override readonly name = 'BulkheadTimeoutError';
  readonly fault = 'timeout';
}

/** How much may run and wait. */
export interface BulkheadOptions {
  /** Works under way at once. */
  limit: number;
  /** Works that may wait for their turn; one more is refused at once. */
  maxWaiting: number;
  /** What is left of the current request's time; undefined outside of a request. */
  timeLeftMs?: () => number | undefined;
}

/** One for all: a refusal is to cost nothing, and the place it comes from says nothing. */
const full = new BulkheadFullError('as much as may wait waits already');
/** Longest wait of work that belongs to no request. */
const defaultPatienceMs = 5_000;
/** How much of the estimate the newest work makes up. */
const newestCounts = 0.2;
/** What a work may take from its turn to the answer, in works. */
const workAndAfter = 4;

/**
 * Keeps costly work from taking the whole machine: so many at once, so many in the queue, the rest refused
 * (Nygard, Release It!, "Bulkheads").
 */
export class Bulkhead {
  readonly #limit: number;
  readonly #maxWaiting: number;
  readonly #timeLeftMs: () => number | undefined;
  readonly #waiting = new Set<() => void>();
  #running = 0;
  #admitted = 0;
  /** How long a work takes, the last ones counting most. */
  #typicalMs = 0;

  constructor({ limit, maxWaiting, timeLeftMs = () => undefined }: BulkheadOptions) {
    this.#limit = limit;
    this.#maxWaiting = maxWaiting;
    this.#timeLeftMs = timeLeftMs;
  }

  /**
   * Lets in what will need a turn later, as many as can run and wait, so that one too many is refused before anything
   * was done for it; and so is one whose turn would come too late for it.
   * @throws {BulkheadFullError} at once
   */
  async admit<T>(work: () => Promise<T>): Promise<T> {
    if (this.#admitted >= this.#limit + this.#maxWaiting || !this.#isInTime()) {
      throw full;
    }
    this.#admitted++;
    try {
      return await work();
    } finally {
      this.#admitted--;
    }
  }

  /**
   * Runs `work` when its turn comes.
   * @throws {BulkheadFullError} at once when the queue is full
   * @throws {BulkheadTimeoutError} when the request's time is over first
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter();
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      this.#typicalMs += (performance.now() - startedAt - this.#typicalMs) * newestCounts;
      this.#leave();
    }
  }

  /** How long a turn may be waited for: the work itself needs time, and what follows it. */
  #patienceMs(leftMs = this.#leftMs()): number {
    return leftMs - this.#typicalMs * workAndAfter;
  }

  #leftMs(): number {
    return this.#timeLeftMs() ?? defaultPatienceMs;
  }

  #isInTime(): boolean {
    return (
      this.#admitted < this.#limit || (this.#admitted / this.#limit) * this.#typicalMs <= this.#patienceMs()
    );
  }

  async #enter(): Promise<void> {
    const leftMs = this.#leftMs();
    const patienceMs = this.#patienceMs(leftMs);
    // Where nobody is at work the next one is let in as long as it has time at all: after a slow spell nothing else would
    // ever bring the estimate down again.
    if (leftMs <= 0 || (patienceMs <= 0 && this.#running > 0))
      throw new BulkheadTimeoutError('the request has no time left');
    if (this.#running < this.#limit) {
      this.#running++;
      return;
    }
    if (this.#waiting.size >= this.#maxWaiting) throw full;
    const turn = Promise.withResolvers<void>();
    const admit = () => turn.resolve();
    this.#waiting.add(admit);
    const timer = setTimeout(() => {
      this.#waiting.delete(admit);
      turn.reject(new BulkheadTimeoutError("no turn came within the request's time"));
    }, patienceMs);
    try {
      await turn.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** A place that gets free goes straight to who waits longest: nobody newer can slip in between. */
  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#running--;
    } else {
      this.#waiting.delete(next);
      next();
    }
  }
}
