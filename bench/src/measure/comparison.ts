import type { Run } from './run.ts';
import { formatSpread, type Spread, spreadOf } from './spread.ts';
import type { Table } from './table.ts';

/** A run during which others took more than this of a core counts only where there is no quieter one. */
const quietCores = 0.2;

const isQuiet = ({ othersCores }: Run) => !(othersCores > quietCores);

function quietest<T>(items: readonly T[], quiet: (item: T) => boolean): readonly T[] {
  const found = items.filter(quiet);
  return found.length > 0 ? found : items;
}

type Figure = (run: Run) => number;

const perSecond: Figure = (run) => run.perSecond;
const cpuUs: Figure = ({ cpuUsPerRequest }) =>
  Object.values(cpuUsPerRequest).reduce((sum, us) => sum + us, 0);

/** A figure of `variant` for each one of `other`, taken inside each round; several rounds show the spread. */
export function ratioOf(runs: readonly Run[], variant: string, other: string, figure = perSecond): Spread {
  const pairs = runs
    .filter((run) => run.variant === variant)
    .flatMap((run) => {
      const against = runs.find(({ variant: name, round }) => name === other && round === run.round);
      return against === undefined ? [] : [[run, against] as const];
    });
  const chosen = quietest(pairs, (pair) => pair.every(isQuiet));
  return spreadOf(chosen.map(([run, against]) => figure(run) / figure(against)));
}

/** One line a variant: its ratio to the limit and to one more, then the figures that machines differ in. */
export function comparison(title: string, runs: readonly Run[], limit: string, second: string): Table {
  const variants = [...new Set(runs.map(({ variant }) => variant))].sort();
  const cpuOf = Object.keys(runs[0]?.cpuUsPerRequest ?? {});
  const heads = [
    'variant',
    `to ${limit}`,
    `to ${second}`,
    `CPU to ${limit}`,
    'requests/s',
    'p50 ms',
    'p99 ms',
    ...cpuOf.map((process) => `${process} CPU µs`),
    'quiet runs',
    'errors',
  ];
  const rows = variants.map((variant) => {
    const all = runs.filter((run) => run.variant === variant);
    const chosen = quietest(all, isQuiet);
    const median = (figure: Figure) => spreadOf(chosen.map(figure)).median;
    return [
      variant,
      formatSpread(ratioOf(runs, variant, limit), 2),
      formatSpread(ratioOf(runs, variant, second), 2),
      formatSpread(ratioOf(runs, variant, limit, cpuUs), 2),
      median(perSecond).toFixed(0),
      median((run) => run.p50Ms).toFixed(2),
      median((run) => run.p99Ms).toFixed(2),
      ...cpuOf.map((process) => median((run) => run.cpuUsPerRequest[process] ?? Number.NaN).toFixed(1)),
      `${all.filter(isQuiet).length}/${all.length}`,
      String(all.reduce((sum, { errors }) => sum + errors, 0)),
    ];
  });
  return { title, heads, rows };
}
