import { printDoc } from '../bson/print.ts';
import { isDoc, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import type { Condition, Filter } from '../filter/filter.ts';
import type { Collection } from '../storage/collection.ts';
import type { IndexSpec } from '../storage/index-spec.ts';
import type { KeyIndex } from '../storage/key-index.ts';
import { implies } from './implication.ts';
import { everything, type Interval, narrow } from './interval.ts';
import type { SortPart } from './sort.ts';

/** How a query finds its documents. */
export interface Plan {
  /** The index that is read; undefined for the whole collection in its own order. */
  readonly index?: KeyIndex | 'id';
  readonly spec?: IndexSpec;
  readonly intervals: readonly Interval[];
  readonly direction: 1 | -1;
  /** The conditions that are still to be tested on each document. */
  readonly rest: readonly Condition[];
  readonly sortServed: boolean;
}

interface Candidate extends Plan {
  readonly worth: number;
}

/** Chooses the index that serves the filter and the sort best, or the whole collection. */
export function choosePlan(
  collection: Collection,
  filter: Filter,
  sort: readonly SortPart[],
  hint: Value,
): Plan {
  const natural = naturalDirection(sort) ?? naturalHint(hint);
  const whole: Plan = {
    intervals: [],
    direction: natural ?? 1,
    rest: filter.conditions,
    sortServed: sort.length === 0 || naturalDirection(sort) !== undefined,
  };
  if (natural !== undefined) return whole;
  const hinted = hint === undefined ? undefined : findHinted(collection, hint);
  let best: Candidate | undefined;
  for (const { index, spec } of sourcesOf(collection)) {
    if (hinted !== undefined && hinted !== spec.name) continue;
    const candidate = consider(index, spec, filter, sort);
    if (hinted !== undefined && candidate === undefined) throw badHint();
    if (candidate === undefined || (hinted === undefined && candidate.worth === 0)) continue;
    if (best === undefined || candidate.worth > best.worth) best = candidate;
  }
  return best ?? whole;
}

function sourcesOf(collection: Collection): { index: KeyIndex | 'id'; spec: IndexSpec }[] {
  const id = { index: 'id' as const, spec: collection.idSpec };
  return [id, ...collection.keyIndexes.map((index) => ({ index, spec: index.spec }))];
}

function consider(
  index: KeyIndex | 'id',
  spec: IndexSpec,
  filter: Filter,
  sort: readonly SortPart[],
): Candidate | undefined {
  if (spec.partial !== undefined && !implies(filter, spec.partial)) return undefined;
  const isMultikey = (place: number): boolean => index !== 'id' && index.isMultikey(place);
  let intervals: readonly Interval[] = [everything];
  let prefix = Buffer.alloc(0);
  const settled = new Set<Condition>();
  const fixed = new Set<number>();
  let bounded = false;
  let ranged = false;
  let arrayUsed = false;
  for (const [place, part] of spec.parts.entries()) {
    // Fields below one array are met item by item: a second one would bind both to the same item.
    if (isMultikey(place) && arrayUsed) break;
    const conditions = filter.conditions.filter(({ path }) => path === part.path);
    const narrowed = narrow(conditions, prefix, part.direction, isMultikey(place));
    if (narrowed === undefined) break;
    bounded = true;
    arrayUsed ||= isMultikey(place);
    intervals = narrowed.intervals;
    for (const condition of narrowed.settled) settled.add(condition);
    ranged = narrowed.points !== 1;
    if (ranged) break;
    fixed.add(place);
    prefix = Buffer.from(intervals[0]?.low ?? prefix);
  }
  const complete = bounded && (!spec.sparse || settled.size > 0);
  if (spec.sparse && !complete) return undefined;
  const direction = sortDirection(spec, sort, fixed, isMultikey, ranged);
  const sortServed = sort.length === 0 || direction !== undefined;
  const unique = spec.unique && fixed.size === spec.parts.length;
  const worth = fixed.size * 10 + (ranged ? 5 : 0) + (unique ? 100 : 0);
  return {
    index,
    spec,
    intervals,
    direction: direction ?? 1,
    rest: filter.conditions.filter((condition) => !settled.has(condition)),
    sortServed,
    worth: worth + (sort.length > 0 && sortServed ? 7 : 0),
  };
}

/** The direction in which the index gives the sort's order, if it does. */
function sortDirection(
  spec: IndexSpec,
  sort: readonly SortPart[],
  fixed: ReadonlySet<number>,
  isMultikey: (place: number) => boolean,
  ranged: boolean,
): 1 | -1 | undefined {
  let direction: 1 | -1 | undefined;
  let place = 0;
  const anyArrayFixed = [...fixed].some(isMultikey);
  for (const { path, direction: wanted } of sort) {
    if (path === undefined) return undefined;
    const at = spec.parts.findIndex((part, from) => from >= place && part.path === path);
    const skipped = spec.parts.slice(place, Math.max(at, 0)).every((_, offset) => fixed.has(place + offset));
    const isFixed = spec.parts.some(
      (part, from) => part.path === path && fixed.has(from) && !isMultikey(from),
    );
    if (isFixed) continue;
    const part = spec.parts[at];
    if (part === undefined || !skipped || fixed.has(at)) return undefined;
    // The first key met of an array is its least only when all its keys are walked.
    if (isMultikey(at) && (ranged || anyArrayFixed)) return undefined;
    const needed = part.direction === wanted ? 1 : -1;
    if (direction !== undefined && direction !== needed) return undefined;
    direction = needed;
    place = at + 1;
  }
  return direction ?? 1;
}

function naturalDirection(sort: readonly SortPart[]): 1 | -1 | undefined {
  const [first] = sort;
  return first?.path === '$natural' ? first.direction : undefined;
}

function naturalHint(hint: Value): 1 | -1 | undefined {
  if (!isDoc(hint) || !hint.has('$natural')) return undefined;
  return String(hint.get('$natural')) === '-1' ? -1 : 1;
}

function findHinted(collection: Collection, hint: Value): string {
  const match = sourcesOf(collection).find(({ spec }) =>
    isDoc(hint) ? printDoc(spec.key) === printDoc(hint) : spec.name === hint,
  );
  if (match === undefined) throw badHint();
  return match.spec.name;
}

function badHint(): CommandError {
  return new CommandError('BadValue', 'hint provided does not correspond to an existing index');
}
