import { Double } from 'bson';
import { toKey } from '../bson/key.ts';
import { toNumber } from '../bson/number.ts';
import { type Doc, isDoc, isNumeric, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import type { KeyPart } from '../storage/index-spec.ts';
import { tuplesOf } from '../storage/key-tuples.ts';

/** How much a sort that no index serves may hold, as in MongoDB. */
const maxSortBytes = 100 * 1024 * 1024;

/** One field of a sort; `path` is undefined for the score of a text search. */
export interface SortPart {
  readonly path: string | undefined;
  readonly parts: readonly string[];
  readonly direction: 1 | -1;
}

/** Reads a sort document. Throws BadValue for a direction that is neither 1 nor -1. */
export function parseSort(spec: Value): SortPart[] {
  if (spec === undefined || spec === null) return [];
  if (!isDoc(spec)) throw new CommandError('TypeMismatch', 'Expected field sort to be of type object');
  return [...spec].map(([path, value]) => {
    if (isDoc(value) && value.get('$meta') === 'textScore')
      return { path: undefined, parts: [], direction: -1 };
    const direction = isNumeric(value) ? toNumber(value) : 0;
    if (direction !== 1 && direction !== -1) {
      throw new CommandError(
        'BadValue',
        `$sort key ordering must be 1 (for ascending) or -1 (for descending)`,
      );
    }
    if (path === '' || path.split('.').includes(''))
      throw new CommandError('BadValue', 'a sort needs field names');
    return { path, parts: path.split('.'), direction };
  });
}

/** What a sort needs to know of the thing sorted. */
export interface Sortable {
  readonly doc: Doc;
  readonly score?: number | undefined;
  /** The size counted against the limit of a sort in memory. */
  readonly size: number;
}

/** Sorts, keeping equals in their order; of `limit` given, no more than that many are kept. */
export function sorted<T extends Sortable>(
  items: Iterable<T>,
  sort: readonly SortPart[],
  limit: number,
): T[] {
  const directions = sort.map(({ direction }) => direction);
  let kept: { item: T; key: Buffer }[] = [];
  let bytes = 0;
  const settle = (): void => {
    kept.sort((a, b) => Buffer.compare(a.key, b.key));
    kept = kept.slice(0, limit);
    bytes = kept.reduce((sum, { item }) => sum + item.size, 0);
  };
  for (const item of items) {
    kept.push({ item, key: sortKey(item, sort, directions) });
    bytes += item.size;
    if (kept.length > limit * 2 + 1000 || bytes > maxSortBytes) settle();
    if (bytes > maxSortBytes) {
      throw new CommandError(
        'QueryExceededMemoryLimitNoDiskUseAllowed',
        `Sort exceeded memory limit of ${maxSortBytes} bytes; an index or a limit would help`,
      );
    }
  }
  settle();
  return kept.map(({ item }) => item);
}

/**
 * The least of the document's keys for this sort: of an array the least item counts upward and the greatest
 * downward, and fields below one array go together, as in an index.
 */
function sortKey(item: Sortable, sort: readonly SortPart[], directions: readonly number[]): Buffer {
  const tuples = tuplesFor(item.doc, sort.filter(hasPath));
  const keys = tuples.map((tuple) => {
    const values = [...tuple];
    return toKey(
      sort.map((part) => (hasPath(part) ? values.shift() : new Double(requireScore(item.score)))),
      directions,
    );
  });
  return keys.reduce((least, key) => (Buffer.compare(key, least) < 0 ? key : least));
}

function hasPath(part: SortPart): part is KeyPart {
  return part.path !== undefined;
}

function tuplesFor(doc: Doc, parts: readonly KeyPart[]): readonly (readonly Value[])[] {
  try {
    return tuplesOf(doc, parts).tuples;
  } catch (error) {
    if (!(error instanceof CommandError) || error.codeName !== 'CannotIndexParallelArrays') throw error;
    throw new CommandError('BadValue', 'cannot sort with keys that are parallel arrays');
  }
}

function requireScore(score: number | undefined): number {
  if (score !== undefined) return score;
  throw new CommandError('BadValue', 'query requires text score metadata, but it is not available');
}
