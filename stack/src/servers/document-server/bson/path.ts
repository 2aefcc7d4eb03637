import { CommandError } from '../errors.ts';
import { maxDepth } from './decode.ts';
import { type Doc, isDoc, type Value } from './value.ts';

const digits = /^(0|[1-9]\d*)$/;

/** Whether a part of a path can be the place in an array. */
export function isPlace(part: string | undefined): part is string {
  return part !== undefined && digits.test(part);
}

/**
 * Walks the values that a dotted path names, as MongoDB's matcher does: an array on the way is entered at
 * every document in it (and at its place, when the part is a number); what is not there is `undefined`.
 * Stops and answers true as soon as `visit` does. With `expand`, the items of an array at the end of the
 * path are visited too, before the array itself.
 */
export function someValue(
  value: Value,
  parts: readonly string[],
  expand: boolean,
  visit: (value: Value) => boolean,
  depth = 0,
): boolean {
  const part = parts[depth];
  if (part === undefined) {
    if (expand && Array.isArray(value) && value.some(visit)) return true;
    return visit(value);
  }
  if (isDoc(value)) return someValue(value.get(part), parts, expand, visit, depth + 1);
  if (!Array.isArray(value)) return visit(undefined);
  if (isPlace(part) && Number(part) < value.length) {
    if (someValue(value[Number(part)], parts, expand, visit, depth + 1)) return true;
  }
  return value.some((item) => isDoc(item) && someValue(item, parts, expand, visit, depth));
}

/** The one value at a dotted path through documents only; undefined when an array or nothing is on the way. */
export function valueAt(doc: Doc, parts: readonly string[]): Value {
  let value: Value = doc;
  for (const part of parts) {
    if (!isDoc(value)) return undefined;
    value = value.get(part);
  }
  return value;
}

/** The values that an index keeps for a path, and whether an array gave them. */
export interface PathValues {
  readonly values: readonly Value[];
  readonly multikey: boolean;
}

/**
 * The values under which an index finds a document by this path: the items of arrays one by one, null for
 * what is not there. An empty array counts as undefined, which sorts before null.
 */
export function indexedValues(doc: Doc, parts: readonly string[]): PathValues {
  const values: Value[] = [];
  const multikey = collect(doc, parts, 0, values);
  if (values.length === 0) values.push(multikey ? undefined : null);
  return { values, multikey };
}

function collect(value: Value, parts: readonly string[], depth: number, into: Value[]): boolean {
  const part = parts[depth];
  if (Array.isArray(value)) {
    if (part === undefined) {
      into.push(...(value.length === 0 ? [undefined] : value.map((item) => item ?? null)));
      return true;
    }
    if (depth > 0 && isPlace(part) && Number(part) < value.length) {
      collect(value[Number(part)], parts, depth + 1, into);
    }
    for (const item of value) if (isDoc(item)) collect(item, parts, depth, into);
    return true;
  }
  if (part === undefined || !isDoc(value)) {
    into.push(part === undefined ? (value ?? null) : null);
    return false;
  }
  return collect(value.get(part), parts, depth + 1, into);
}

/** The names of a dotted path. Throws Overflow for one longer than documents may be deep. */
export function pathParts(path: string): string[] {
  const parts = path.split('.');
  if (parts.length <= maxDepth) return parts;
  throw new CommandError('Overflow', `FieldPath is too long: ${parts.length} names`);
}
