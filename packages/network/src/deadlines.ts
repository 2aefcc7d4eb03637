import type { RequestContext } from './request-context.ts';

const tickMs = 20;

/** Work that has a deadline, and what is to happen when it passes. */
export interface Timed {
  readonly context: RequestContext;
  /** Called once, at the deadline at the earliest and 20 ms after it at the latest, unless it was taken out before. */
  expire(): void;
}

/** Requests at work, each until it is done or its deadline passes: one coarse timer for all of them. */
export class Deadlines<T extends Timed> {
  readonly #running = new Set<T>();
  #timer: NodeJS.Timeout | undefined;

  get size(): number {
    return this.#running.size;
  }

  add(work: T): void {
    this.#running.add(work);
    this.#timer ??= setInterval(() => this.#tick(), tickMs);
  }

  /** @returns false when it had been taken out already, or its deadline has passed */
  delete(work: T): boolean {
    return this.#running.delete(work);
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#running.values();
  }

  #tick(): void {
    for (const work of this.#running) {
      if (work.context.timeLeftMs() > 0) continue;
      this.#running.delete(work);
      work.expire();
    }
    // Stopped here and not with the last request: a timer for each of them is what this class avoids.
    if (this.#running.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
