import type { Outcome } from './connection.ts';

/** The counts of one or several processes. */
export interface Counts {
  readonly outcomes: Record<Outcome, number>;
  /** Good answers by the name of their kind. */
  readonly good: Record<string, number>;
  /** Answers of kinds that none should be, and how often each came. */
  readonly wrong: Record<string, number>;
  /** How many good answers took so many milliseconds. */
  readonly goodMs: Record<number, number>;
  /** How many refusals took so many milliseconds. */
  readonly refusedMs: Record<number, number>;
  /** Requests that were not sent because as many as may were unanswered. */
  unsent: number;
}

export function createCounts(): Counts {
  return {
    outcomes: { good: 0, refused: 0, dropped: 0, wrong: 0 },
    good: {},
    wrong: {},
    goodMs: {},
    refusedMs: {},
    unsent: 0,
  };
}

/** Counts one more under a name. */
export function count(counts: Record<string | number, number>, name: string | number, more = 1): void {
  counts[name] = (counts[name] ?? 0) + more;
}

/** All counts in one. */
export function sumCounts(parts: readonly Counts[]): Counts {
  const sum = createCounts();
  for (const part of parts) {
    sum.unsent += part.unsent;
    for (const key of ['outcomes', 'good', 'wrong', 'goodMs', 'refusedMs'] as const) {
      for (const [name, number] of Object.entries(part[key])) count(sum[key], name, number);
    }
  }
  return sum;
}

/** The milliseconds within which `share` of those counted were answered; 0 when none was. */
export function percentile(counted: Readonly<Record<number, number>>, share: number): number {
  const times = Object.entries(counted).map(([ms, number]): [number, number] => [Number(ms), number]);
  times.sort(([a], [b]) => a - b);
  let left = share * times.reduce((sum, [, number]) => sum + number, 0);
  for (const [ms, number] of times) {
    left -= number;
    if (left <= 0) return ms;
  }
  return 0;
}
