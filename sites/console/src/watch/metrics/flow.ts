import type { Figures } from '../snapshot.ts';

/** What happened since the last look. */
export interface Amount {
  readonly count: number;
  readonly errors: number;
  /** How many took no longer than each bound, and these; none where durations are not measured. */
  readonly upTo?: readonly number[];
  readonly boundsMs?: readonly number[];
}

interface Turn {
  readonly seconds: number;
  count: number;
  errors: number;
  upTo: number[];
}

/** How many turns are remembered. */
export const historyTurns = 60;
/** How far back a rate looks: one second alone would flicker. */
const rateTurns = 3;
/** How far back percentiles look: of a single second there are too few. */
const percentileTurns = 10;

const newTurn = (seconds: number): Turn => ({ seconds, count: 0, errors: 0, upTo: [] });

function addTo(sums: number[], amounts: readonly number[]): void {
  for (const [i, amount] of amounts.entries()) sums[i] = (sums[i] ?? 0) + amount;
}

/** How much passes one point, and how long that takes: over the last minute, a turn a second. */
export class Flow {
  readonly #turns: Turn[];
  #boundsMs: readonly number[] = [];
  /** Whether somebody still speaks of it, be it to say that nothing passes. */
  #touched = true;

  /** `secondsOfTurns` are those of the turns before this one and of this one, in which nothing has passed yet. */
  constructor(secondsOfTurns: readonly number[]) {
    this.#turns = secondsOfTurns.slice(-historyTurns).map(newTurn);
  }

  /** A new turn, of so many seconds since the last one. */
  turn(seconds: number): void {
    this.#touched = false;
    this.#turns.push(newTurn(seconds));
    if (this.#turns.length > historyTurns) this.#turns.shift();
    const faded = this.#turns.at(-percentileTurns - 1);
    if (faded !== undefined) faded.upTo = [];
  }

  /** Counts into the turn that is open. */
  add({ count, errors, upTo = [], boundsMs = [] }: Amount): void {
    const turn = this.#turns.at(-1);
    if (turn === undefined) return;
    this.#touched = true;
    turn.count += count;
    turn.errors += errors;
    if (boundsMs.length > 0 && this.#boundsMs.length === 0) this.#boundsMs = boundsMs;
    // Another version of a service may divide them otherwise.
    if (boundsMs.length === this.#boundsMs.length) addTo(turn.upTo, upTo);
  }

  /** Nobody speaks of it any more, and nothing has passed for a minute. */
  get forgotten(): boolean {
    return !this.#touched && this.#turns.every(({ count }) => count === 0);
  }

  get perSec(): number {
    return this.#rate(({ count }) => count);
  }

  get errorsPerSec(): number {
    return this.#rate(({ errors }) => errors);
  }

  /** How long so many of all took at most, by the buckets that they fell into; undefined when there were none. */
  percentile(share: number): number | undefined {
    const upTo: number[] = [];
    let total = 0;
    for (const turn of this.#turns.slice(-percentileTurns)) {
      if (turn.upTo.length === 0) continue;
      addTo(upTo, turn.upTo);
      total += turn.count;
    }
    if (total <= 0) return undefined;
    const wanted = total * share;
    const at = upTo.findIndex((count) => count >= wanted);
    if (at === -1) return this.#boundsMs.at(-1);
    const [below, to] = [upTo[at - 1] ?? 0, upTo[at] ?? 0];
    const [fromMs, toMs] = [this.#boundsMs[at - 1] ?? 0, this.#boundsMs[at] ?? 0];
    return fromMs + (toMs - fromMs) * (to === below ? 1 : (wanted - below) / (to - below));
  }

  get figures(): Figures {
    const [p50Ms, p95Ms, p99Ms] = [0.5, 0.95, 0.99].map((share) => this.percentile(share));
    return {
      perSec: this.perSec,
      errorsPerSec: this.errorsPerSec,
      ...(p50Ms === undefined ? {} : { p50Ms }),
      ...(p95Ms === undefined ? {} : { p95Ms }),
      ...(p99Ms === undefined ? {} : { p99Ms }),
      history: this.#turns.map(({ count, seconds }) => (seconds > 0 ? count / seconds : 0)),
    };
  }

  #rate(amountOf: (turn: Turn) => number): number {
    let [amount, seconds] = [0, 0];
    for (const turn of this.#turns.slice(-rateTurns)) {
      amount += amountOf(turn);
      seconds += turn.seconds;
    }
    return seconds > 0 ? amount / seconds : 0;
  }
}
