/**
 * What is due next: the body's way out, the first byte of the answer, its next piece, the client taking one.
 */
export type Phase = 'sending' | 'waiting' | 'receiving' | 'stalled';

/** Timers of one length share a list in node:timers; one of a length of its own is a list of its own. */
const stepMs = 20;

/** The one timer of a forwarding: it waits for whatever is due next, and says what did not come. */
export class Patience {
  readonly #onTimeout: (phase: Phase) => void;
  readonly #expire = () => this.#onTimeout(this.#phase);
  #timer: NodeJS.Timeout | undefined;
  #phase: Phase = 'waiting';

  constructor(onTimeout: (phase: Phase) => void) {
    this.#onTimeout = onTimeout;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Waits for something else from now on, up to 20 ms longer than said. */
  waitFor(phase: Phase, durationMs: number): void {
    clearTimeout(this.#timer);
    this.#phase = phase;
    this.#timer = setTimeout(this.#expire, Math.ceil(durationMs / stepMs) * stepMs);
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
