import { ratioOf } from '../measure/comparison.ts';
import type { Run } from '../measure/run.ts';
import { formatSpread, type Spread } from '../measure/spread.ts';
import type { Table } from '../measure/table.ts';
import { embedded, nginx, nodeProxies, proxyLimit } from './variant.ts';

/** One kind of load, and how everyone did under it. */
export interface LoadOutcome {
  readonly title: string;
  readonly connections: number;
  readonly runs: readonly Run[];
}

interface Bound {
  readonly head: string;
  /** Undefined where it is not promised. */
  measure(outcome: LoadOutcome): Spread | undefined;
  kept(median: number): boolean;
}

const p99 = ({ p99Ms }: Run) => p99Ms;
/** A single connection has no queue to wait in: only under more does the slowest hundredth tell something. */
const crowded = 64;

const lowest = (spreads: readonly Spread[]) =>
  spreads.filter(({ median }) => !Number.isNaN(median)).sort((a, b) => a.median - b.median)[0];

const bounds: readonly Bound[] = [
  {
    head: `requests/s to ${proxyLimit}, at least 0.85`,
    measure: ({ runs }) => ratioOf(runs, embedded, proxyLimit),
    kept: (median) => median >= 0.85,
  },
  {
    head: `to ${nginx}, at least 0.45`,
    measure: ({ runs }) => ratioOf(runs, embedded, nginx),
    kept: (median) => median >= 0.45,
  },
  {
    head: 'to the best Node proxy, above 1',
    measure: ({ runs }) => lowest(nodeProxies.map((peer) => ratioOf(runs, embedded, peer))),
    kept: (median) => median > 1,
  },
  {
    head: `p99 to ${nginx}'s, at most 2`,
    measure: ({ runs, connections }) =>
      connections < crowded ? undefined : ratioOf(runs, embedded, nginx, p99),
    kept: (median) => median <= 2,
  },
];

function cellOf({ measure, kept }: Bound, outcome: LoadOutcome): string {
  const spread = measure(outcome);
  if (spread === undefined || Number.isNaN(spread.median)) return '-';
  return `${formatSpread(spread, 2)} ${kept(spread.median) ? 'yes' : 'no'}`;
}

/** What is promised of the embedded gateway's speed, and by each load whether it holds: yes or no, by the medians. */
export function promised(outcomes: readonly LoadOutcome[]): Table {
  return {
    title: 'What is promised of the embedded gateway',
    heads: ['load', ...bounds.map(({ head }) => head)],
    rows: outcomes.map((outcome) => [outcome.title, ...bounds.map((bound) => cellOf(bound, outcome))]),
  };
}
