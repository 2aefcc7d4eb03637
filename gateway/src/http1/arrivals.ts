import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

/** So many turns of the event loop without a connection end a crowd: between two of its clients one may be empty. */
const quietTurns = 3;
/** Nobody of a crowd waits for longer than this. */
const longestMs = 10;

/**
 * Lets connections that come all at once in together. The event loop accepts one in each of its turns; if those that are in
 * were served meanwhile, each turn would be longer than the one before it, and the last of 64 wait for 60 ms. What comes
 * in turns that follow each other belongs together, however long they are.
 */
export class Arrivals {
  readonly #admit: (socket: Socket) => void;
  readonly #clock: () => number;
  #waiting: Socket[] = [];
  #firstAt = 0;
  /** Turns that are still looked at before the crowd has ended; 0 when there is none. */
  #turnsLeft = 0;

  /** `admit` begins to serve one; `clock` tells milliseconds. */
  constructor(admit: (socket: Socket) => void, clock = () => performance.now()) {
    this.#admit = admit;
    this.#clock = clock;
  }

  /** Takes one that nothing was read of: it is served at once, or with those that come right behind it. */
  add(socket: Socket): void {
    const first = this.#turnsLeft === 0;
    this.#turnsLeft = quietTurns;
    if (first) {
      this.#admit(socket);
      setImmediate(this.#onTurnEnd);
    } else if (this.#waiting.push(socket) === 1) this.#firstAt = this.#clock();
  }

  readonly #onTurnEnd = (): void => {
    this.#turnsLeft--;
    const crowd = this.#waiting;
    if (crowd.length > 0 && (this.#turnsLeft === 0 || this.#clock() - this.#firstAt >= longestMs)) {
      this.#waiting = [];
      for (const socket of crowd) this.#admit(socket);
    }
    if (this.#turnsLeft > 0) setImmediate(this.#onTurnEnd);
  };
}
