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

const fullMessage = 'as much as may wait waits already';
/** Longest wait of work that belongs to no request. */
const defaultPatienceMs = 5_000;

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

  constructor({ limit, maxWaiting, timeLeftMs = () => undefined }: BulkheadOptions) {
    this.#limit = limit;
    this.#maxWaiting = maxWaiting;
    this.#timeLeftMs = timeLeftMs;
  }

  /**
   * Lets in what will need a turn later, as many as can run and wait, so that one too many is refused before anything
   * was done for it.
   * @throws {BulkheadFullError} at once
   */
  async admit<T>(work: () => Promise<T>): Promise<T> {
    if (this.#admitted >= this.#limit + this.#maxWaiting) throw new BulkheadFullError(fullMessage);
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
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    const patienceMs = this.#timeLeftMs() ?? defaultPatienceMs;
    if (patienceMs <= 0) throw new BulkheadTimeoutError('the request has no time left');
    if (this.#running < this.#limit) {
      this.#running++;
      return;
    }
    if (this.#waiting.size >= this.#maxWaiting) throw new BulkheadFullError(fullMessage);
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
