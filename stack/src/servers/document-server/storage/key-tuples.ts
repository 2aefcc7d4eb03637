import { indexedValues, isPlace } from '../bson/path.ts';
import { type Doc, isDoc, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import type { KeyPart } from './index-spec.ts';

/** What an index keeps of one document: its tuples of values, and which of its fields came out of arrays. */
export interface Tuples {
  readonly tuples: readonly (readonly Value[])[];
  /** One bit for each field of the index. */
  readonly multikey: number;
}

/**
 * The tuples under which a document stands in an index. Fields below one array vary together, item by item;
 * arrays side by side cannot be indexed, as in MongoDB.
 */
export function tuplesOf(doc: Doc, fields: readonly KeyPart[]): Tuples {
  const [first] = fields;
  if (fields.length === 1 && first !== undefined) {
    const { values, multikey } = indexedValues(doc, first.parts);
    return { tuples: values.map((value) => [value]), multikey: Number(multikey) };
  }
  const depths = fields.map(({ parts }) => arrayDepth(doc, parts));
  const below = fields.filter((_, at) => depths[at] !== undefined);
  if (below.length === 0) return { tuples: [fields.map(({ parts }) => only(doc, parts))], multikey: 0 };
  const prefixes = new Set(
    fields.flatMap(({ parts }, at) =>
      depths[at] === undefined ? [] : [parts.slice(0, depths[at]).join('.')],
    ),
  );
  if (prefixes.size > 1) {
    const [one, two] = [...prefixes];
    throw new CommandError('CannotIndexParallelArrays', `cannot index parallel arrays [${two}] [${one}]`);
  }
  const multikey = depths.reduce<number>(
    (bits, depth, at) => (depth === undefined ? bits : bits | (1 << at)),
    0,
  );
  return { tuples: together(doc, fields, depths), multikey };
}

function together(doc: Doc, fields: readonly KeyPart[], depths: readonly (number | undefined)[]): Value[][] {
  const at = depths.findIndex((depth) => depth !== undefined);
  const depth = depths[at] ?? 0;
  const list = arrayAt(doc, fields[at]?.parts.slice(0, depth) ?? []);
  const byPlace = fields.some(({ parts }, field) => depths[field] !== undefined && isPlace(parts[depth]));
  // A place in the array as part of a path belongs to no item: then every field is taken for itself.
  const rounds = list.length === 0 || byPlace ? [undefined] : list;
  return rounds.flatMap((item) =>
    product(
      fields.map(({ parts }, field) => {
        if (depths[field] === undefined || rounds !== list) return indexedValues(doc, parts).values;
        const rest = parts.slice(depth);
        if (rest.length === 0) return [item ?? null];
        return isDoc(item) ? indexedValues(item, rest).values : [null];
      }),
    ),
  );
}

function arrayDepth(doc: Doc, parts: readonly string[]): number | undefined {
  let value: Value = doc;
  for (let depth = 0; ; depth += 1) {
    if (Array.isArray(value)) return depth;
    const part = parts[depth];
    if (part === undefined || !isDoc(value)) return undefined;
    value = value.get(part);
  }
}

function only(doc: Doc, parts: readonly string[]): Value {
  return indexedValues(doc, parts).values[0] ?? null;
}

function arrayAt(doc: Doc, parts: readonly string[]): readonly Value[] {
  let value: Value = doc;
  for (const part of parts) value = isDoc(value) ? value.get(part) : undefined;
  return Array.isArray(value) ? value : [];
}

/** The combinations of the fields' values; only one field may have several. */
function product(lists: readonly (readonly Value[])[]): Value[][] {
  if (lists.filter((list) => list.length > 1).length > 1) {
    throw new CommandError('CannotIndexParallelArrays', 'cannot index parallel arrays');
  }
  return lists.reduce<Value[][]>(
    (tuples, list) => tuples.flatMap((tuple) => list.map((value) => [...tuple, value])),
    [[]],
  );
}
