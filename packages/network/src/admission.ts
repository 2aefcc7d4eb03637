import { performance } from 'node:perf_hooks';
import { Headroom } from './headroom.ts';

/** As many are taken in every turn: the gateway sends a service no more at once. */
const takenInEveryTurn = 64;
/** What comes up later in a turn has waited so long already, and there is more behind it. */
const longestIntakeMs = 50;
/** Turns that are all longer than this are those of a process that cannot keep up. */
const longTurnMs = 20;
const judgeEveryMs = 100;
/** After a turn as short as this nobody looks for a while: to see a turn's end costs one more turn. */
const shortTurnMs = 5;
const restMs = 2;
const minShare = 0.02;

/**
 * Says whether one more request is taken, by what the event loop shows: all that is ready is worked off in one turn of
 * it, so that a long turn is a long queue. A turn takes 64 requests in, and more for 50 ms; while even the shortest
 * turns are long ones, only a share of those, which sinks and rises (see {@link Headroom}). What merely waits, for a
 * neighbour that hangs or a client that is slow, takes no part of any turn and keeps nobody out.
 */
export class Admission {
  readonly #headroom = new Headroom({ targetMs: longTurnMs, min: minShare });
  /** What is left of earlier shares; a request is taken for a whole one. */
  #credit = 0;
  #turnBeganAt: number | undefined;
  #takenInTurn = 0;
  #judgedAt = 0;
  #restsUntil = 0;

  /** Whether a request is taken that has just come up, at `now` of `performance.now()`. */
  admits(now = performance.now()): boolean {
    if (this.#turnBeganAt === undefined) {
      if (now < this.#restsUntil) return true;
      this.#turnBeganAt = now;
      this.#takenInTurn = 0;
      // Called when all that was ready has been worked off.
      setImmediate(() => this.#endTurn());
    }
    if (++this.#takenInTurn <= takenInEveryTurn) return true;
    return now - this.#turnBeganAt <= longestIntakeMs && this.#takesShare();
  }

  #takesShare(): boolean {
    const { share } = this.#headroom;
    if (share === 1) return true;
    this.#credit += share;
    if (this.#credit < 1) return false;
    this.#credit--;
    return true;
  }

  #endTurn(): void {
    const now = performance.now();
    this.#headroom.observe(now - (this.#turnBeganAt ?? now));
    if (now - (this.#turnBeganAt ?? now) < shortTurnMs) this.#restsUntil = now + restMs;
    this.#turnBeganAt = undefined;
    if (now - this.#judgedAt < judgeEveryMs) return;
    this.#judgedAt = now;
    this.#headroom.judge();
  }
}
