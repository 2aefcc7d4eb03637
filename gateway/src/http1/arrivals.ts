import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

/** A connection that comes so soon after another one belongs to a crowd. */
const crowdedMs = 1;
/** Nobody of a crowd waits for longer than this. */
const longestMs = 10;

/**
 * Lets connections that come all at once in together. The event loop accepts one in each of its turns; if those that are in
 * were served meanwhile, each turn would be longer than the one before it, and the last of 64 wait for 60 ms.
 */
export class Arrivals {
  readonly #admit: (socket: Socket) => void;
  readonly #clock: () => number;
  #waiting: Socket[] = [];
  #lastAt = Number.NEGATIVE_INFINITY;
  #firstAt = 0;
  /** One came in this turn. */
  #came = false;

  /** `admit` begins to serve one; `clock` tells milliseconds. */
  constructor(admit: (socket: Socket) => void, clock = () => performance.now()) {
    this.#admit = admit;
    this.#clock = clock;
  }

  /** Takes one that nothing was read of: it is served at once, or with those that come right behind it. */
  add(socket: Socket): void {
    const now = this.#clock();
    const crowded = now - this.#lastAt < crowdedMs;
    this.#lastAt = now;
    if (!crowded) {
      this.#admit(socket);
      return;
    }
    this.#came = true;
    if (this.#waiting.push(socket) > 1) return;
    this.#firstAt = now;
    setImmediate(this.#onTurnEnd);
  }

  readonly #onTurnEnd = (): void => {
    if (this.#came && this.#clock() - this.#firstAt < longestMs) {
      this.#came = false;
      setImmediate(this.#onTurnEnd);
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const socket of waiting) this.#admit(socket);
  };
}
