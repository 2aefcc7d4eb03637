import type { Item, Stage } from '../aggregation/item.ts';
import { compileStage } from '../aggregation/stage.ts';
import { decode } from '../bson/decode.ts';
import { encode } from '../bson/encode.ts';
import { equalValues } from '../bson/order.ts';
import { printValue } from '../bson/print.ts';
import { type Doc, isDoc, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import type { Filter } from '../filter/filter.ts';
import { matchedItem } from '../filter/matched-item.ts';
import { isOperatorDoc } from '../filter/operator.ts';
import { compileOperatorUpdate, type Update } from './update.ts';

/** Compiles what an update command gives: operators, a whole new document, or a pipeline. */
export function compileUpdate(spec: Value, arrayFilters: Value): Update {
  if (Array.isArray(spec)) return compilePipelineUpdate(spec);
  if (!isDoc(spec))
    throw new CommandError('FailedToParse', 'Update argument must be either an object or an array');
  if (isOperatorDoc(spec)) return compileOperatorUpdate(spec, arrayFilters);
  if (arrayFilters !== undefined)
    throw new CommandError('BadValue', 'Cannot use arrayFilters with a replacement');
  const dollar = [...spec.keys()].find((name) => name.startsWith('$'));
  if (dollar !== undefined) {
    throw new CommandError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${dollar}' is not allowed in a replacement`,
    );
  }
  return { replaces: true, apply: (doc) => become(doc, spec) };
}

const updateStages: readonly string[] = [
  '$addFields',
  '$set',
  '$project',
  '$unset',
  '$replaceRoot',
  '$replaceWith',
];

function compilePipelineUpdate(specs: readonly Value[]): Update {
  const stages = specs.map((spec): Stage => {
    const [entry] = isDoc(spec) ? spec : [];
    const [name, part] = entry ?? ['', undefined];
    const stage = updateStages.includes(name) ? compileStage(name, part, undefined) : undefined;
    if (stage !== undefined) return stage;
    throw new CommandError('InvalidOptions', `${name} is not allowed to be used within an update`);
  });
  const apply = (doc: Doc): void => {
    let items: Iterable<Item> = [{ doc: new Map(doc), size: 0 }];
    for (const stage of stages) items = stage(items);
    for (const item of items) become(doc, item.doc);
  };
  return { replaces: false, apply };
}

/** Gives the document the fields of another; its `_id` stays unless the other names one. */
function become(doc: Doc, next: Doc): void {
  const id = doc.get('_id');
  doc.clear();
  if (id !== undefined) doc.set('_id', id);
  for (const [name, value] of next) doc.set(name, value);
}

/** The bytes of a stored document after an update. Throws ImmutableField when that would change its `_id`. */
export function modified(bytes: Buffer, update: Update, filter: Filter): Buffer {
  const doc = decode(bytes);
  const oldId = doc.get('_id');
  update.apply(doc, { matched: (path) => matchedItem(filter, decode(bytes), path), inserting: false });
  const after = doc.get('_id');
  if (after === undefined || !equalValues(oldId, after)) {
    throw new CommandError(
      'ImmutableField',
      update.replaces
        ? `After applying the update, the (immutable) field '_id' was found to have been altered to _id: ${printValue(after)}`
        : "Performing an update on the path '_id' would modify the immutable field '_id'",
    );
  }
  return encode(doc);
}
