/**
 * What is due next: the body's way out, the first byte of the answer, its next piece, the client taking one.
 */
export type Phase = 'sending' | 'waiting' | 'receiving' | 'stalled';

/** The one timer of a forwarding: it waits for whatever is due next, and says what did not come. */
export class Patience {
  readonly #onTimeout: (phase: Phase) => void;
  #timer: NodeJS.Timeout | undefined;
  #phase: Phase = 'waiting';

  constructor(onTimeout: (phase: Phase) => void) {
    this.#onTimeout = onTimeout;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Waits for something else from now on. */
  waitFor(phase: Phase, durationMs: number): void {
    clearTimeout(this.#timer);
    this.#phase = phase;
    this.#timer = setTimeout(() => this.#onTimeout(this.#phase), durationMs);
  }

  /** Something came: waits as long again, for `phase` where it is given. */
  renew(phase: Phase = this.#phase): void {
    this.#phase = phase;
    this.#timer?.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
