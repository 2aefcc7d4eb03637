import { BSONRegExp, ObjectId } from 'bson';
import { encode } from '../bson/encode.ts';
import { equalValues } from '../bson/order.ts';
import { pathParts } from '../bson/path.ts';
import { type Doc, isDoc, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import type { Bound, Filter } from '../filter/filter.ts';
import { copyOf } from './field-operator.ts';
import type { Update } from './update.ts';

/**
 * The bytes of the document that an upsert makes of the filter's equalities and the update. Throws
 * NotSingleValueField when the filter says twice what a field is.
 */
export function upserted(update: Update, filter: Filter): Buffer {
  const doc: Doc = new Map();
  for (const [path, value] of equalitiesOf(filter, update.replaces)) {
    enter(doc, pathParts(path), copyOf(value));
  }
  const id = doc.get('_id');
  update.apply(doc, { matched: () => undefined, inserting: true });
  if (id !== undefined && !equalValues(id, doc.get('_id'))) {
    throw new CommandError(
      'ImmutableField',
      "Performing an update on the path '_id' would modify the immutable field '_id'",
    );
  }
  return encode(doc.has('_id') ? doc : new Map<string, Value>([['_id', new ObjectId()], ...doc]));
}

/** What the filter says fields must equal; a replacement takes no more than the `_id` of it. */
function equalitiesOf({ conditions }: Filter, onlyId: boolean): Map<string, Value> {
  const equalities = new Map<string, Value>();
  for (const { bound } of conditions) {
    if (bound === undefined || (onlyId && bound.path !== '_id')) continue;
    const value = onlyValue(bound);
    if (value === undefined) continue;
    for (const other of equalities.keys()) checkApart(other, bound.path);
    equalities.set(bound.path, value);
  }
  return equalities;
}

/** `$in` of one value is an equality to MongoDB, unless that is a pattern. */
function onlyValue({ operator, operand }: Bound): Value {
  if (operator === '$eq') return operand;
  if (operator !== '$in' || !Array.isArray(operand)) return undefined;
  const [first] = operand;
  const single = operand.every((value) => !(value instanceof BSONRegExp) && equalValues(value, first));
  return single ? first : undefined;
}

function checkApart(one: string, two: string): void {
  const [outer = one, inner = two] = [one, two].sort((a, b) => a.length - b.length);
  if (outer !== inner && !inner.startsWith(`${outer}.`)) return;
  throw new CommandError(
    'NotSingleValueField',
    outer === inner
      ? `cannot infer query fields to set, path '${outer}' is matched twice`
      : `cannot infer query fields to set, both paths '${outer}' and '${inner}' are matched`,
  );
}

function enter(doc: Doc, parts: readonly string[], value: Value): void {
  const [name = '', ...rest] = parts;
  if (rest.length === 0) {
    doc.set(name, value);
    return;
  }
  const below = doc.get(name);
  const child: Doc = isDoc(below) ? below : new Map();
  doc.set(name, child);
  enter(child, rest, value);
}
