import { LRUCache } from 'lru-cache';
import type { Counters, Limit, Usage } from './limit.ts';
import { windowNames } from './window.ts';

/** What was used under one key: by window, and when the window began that it was used in. */
interface Counter {
  readonly startedAt: number[];
  readonly used: number[];
}

const usualMaxKeys = 50_000;

const createCounter = (): Counter => ({
  startedAt: windowNames.map(() => 0),
  used: windowNames.map(() => 0),
});

/** Counters in this process, of a bounded number of keys: beyond it what was not used for longest is forgotten. */
export class LocalCounters implements Counters {
  readonly #counters: LRUCache<string, Counter>;

  constructor(maxKeys = usualMaxKeys) {
    this.#counters = new LRUCache({ max: maxKeys });
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#counters.size;
  }

  take(key: string, limits: readonly Limit[], now: number): Usage {
    const counter = this.#counterOf(key);
    const used = limits.map((limit) => usedIn(counter, limit, now));
    const admitted = limits.every(({ max }, index) => (used[index] ?? 0) < max);
    if (!admitted) return { admitted, used };
    for (const [index, { window }] of limits.entries()) {
      used[index] = counter.used[window.index] = (used[index] ?? 0) + 1;
    }
    return { admitted, used };
  }

  /** Learns what somebody else has counted, so that counting can go on from there. */
  learn(key: string, limits: readonly Limit[], now: number, used: readonly number[]): void {
    const counter = this.#counterOf(key);
    for (const [index, limit] of limits.entries()) {
      counter.used[limit.window.index] = Math.max(usedIn(counter, limit, now), used[index] ?? 0);
    }
  }

  #counterOf(key: string): Counter {
    let counter = this.#counters.get(key);
    if (counter === undefined) {
      counter = createCounter();
      this.#counters.set(key, counter);
    }
    return counter;
  }
}

/** What was used in the window of `now`; a count of an earlier one ends here. */
function usedIn(counter: Counter, { window }: Limit, now: number): number {
  const { startsAt } = window.at(now);
  if (counter.startedAt[window.index] !== startsAt) {
    counter.startedAt[window.index] = startsAt;
    counter.used[window.index] = 0;
  }
  return counter.used[window.index] ?? 0;
}
