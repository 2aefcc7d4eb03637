import { performance } from 'node:perf_hooks';

/**
 * What is due next: the body's way out, the first byte of the answer, its next piece, the client taking one.
 */
export type Phase = 'sending' | 'waiting' | 'receiving' | 'stalled';

const tickMs = 20;

/** All that wait: one coarse timer looks after them, as one for each costs more than all else about it. */
class Waiting {
  readonly #all: Patience[] = [];
  #timer: NodeJS.Timeout | undefined;

  add(patience: Patience): void {
    patience.place = this.#all.length;
    this.#all.push(patience);
    this.#timer ??= setInterval(() => this.#tick(), tickMs);
  }

  /** The last one takes its place. */
  delete(patience: Patience): void {
    const last = this.#all.pop();
    if (last === undefined || last === patience) return;
    this.#all[patience.place] = last;
    last.place = patience.place;
  }

  #tick(): void {
    const now = performance.now();
    // From the end, where those come from that take the place of one that ends meanwhile.
    for (let at = this.#all.length - 1; at >= 0; at--) this.#all[at]?.check(now);
    if (this.#all.length > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

const waiting = new Waiting();

/** The patience of a forwarding: it waits for whatever is due next, up to 20 ms longer than said, and says what did not come. */
export class Patience {
  readonly #owner: { onTimeout(phase: Phase): void };
  #phase: Phase = 'waiting';
  #durationMs = 0;
  #dueAt = 0;
  #waits = false;
  /** Where among all that wait it is; for them alone. */
  place = -1;

  constructor(owner: { onTimeout(phase: Phase): void }) {
    this.#owner = owner;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Waits for something else from now on; `now` is of `performance.now()`. */
  waitFor(phase: Phase, durationMs: number, now = performance.now()): void {
    this.#phase = phase;
    this.#durationMs = durationMs;
    this.#dueAt = now + durationMs;
    if (this.#waits) return;
    this.#waits = true;
    waiting.add(this);
  }

  /** Something came: waits as long again, for `phase` where it is given. */
  renew(phase: Phase = this.#phase, now = performance.now()): void {
    this.#phase = phase;
    this.#dueAt = now + this.#durationMs;
  }

  end(): void {
    if (this.#waits) waiting.delete(this);
    this.#waits = false;
  }

  /** Looks whether it has waited for long enough. */
  check(now: number): void {
    if (now < this.#dueAt) return;
    // What is not answered by another wait or the end is said once.
    this.#dueAt = Number.POSITIVE_INFINITY;
    this.#owner.onTimeout(this.#phase);
  }
}
