import { valueAt } from '../bson/path.ts';
import type { Doc, Value } from '../bson/value.ts';
import type { Condition, Filter } from './filter.ts';

/**
 * Which item of the array at `path` the filter matched: the first that meets every condition on that array,
 * else the first that meets the last of them. This is what the positional `$` stands for.
 */
export function matchedItem(filter: Filter, doc: Doc, path: string): number | undefined {
  const parts = path.split('.');
  const array = valueAt(doc, parts);
  if (!Array.isArray(array)) return undefined;
  const conditions = filter.conditions.filter(
    (given) => given.path === path || given.path?.startsWith(`${path}.`),
  );
  const last = conditions.at(-1);
  if (last === undefined) return undefined;
  const all = firstMeeting(array, parts, conditions);
  return all ?? firstMeeting(array, parts, [last]);
}

function firstMeeting(
  array: readonly Value[],
  parts: readonly string[],
  conditions: readonly Condition[],
): number | undefined {
  const at = array.findIndex((item) => {
    const alone = nest(parts, [item]);
    return conditions.every(({ test }) => test(alone));
  });
  return at < 0 ? undefined : at;
}

/** A document that holds nothing but this value at this path. */
export function nest(parts: readonly string[], value: Value): Doc {
  const [first = '', ...rest] = parts;
  return new Map([[first, rest.length === 0 ? value : nest(rest, value)]]);
}
