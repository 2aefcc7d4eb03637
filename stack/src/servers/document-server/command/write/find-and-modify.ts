import { Int32 } from 'bson';
import { decode } from '../../bson/decode.ts';
import type { Doc, Value } from '../../bson/value.ts';
import { CommandError } from '../../errors.ts';
import { compileFilter } from '../../filter/filter.ts';
import { matchedItem } from '../../filter/matched-item.ts';
import { compileProjection } from '../../projection/projection.ts';
import type { Query } from '../../query/find.ts';
import { parseSort } from '../../query/sort.ts';
import { compileUpdate, modified } from '../../update/modify.ts';
import { upserted } from '../../update/upsert.ts';
import { type Context, collectionName, docField, flagField } from '../context.ts';
import { hintOf } from '../read/find.ts';
import { targets } from './write.ts';

/** `findAndModify`. */
export function runFindAndModify(context: Context): Doc {
  const { body, catalog, db } = context;
  const name = collectionName(context);
  const remove = flagField(body, 'remove');
  const spec = body.get('update');
  if (remove === (spec !== undefined)) {
    throw new CommandError('FailedToParse', 'Either an update or remove=true must be specified');
  }
  const update = remove ? undefined : compileUpdate(spec, body.get('arrayFilters'));
  const filter = compileFilter(docField(body, 'query'));
  const hint = hintOf(body);
  const query: Query = {
    filter,
    sort: parseSort(body.get('sort')),
    skip: 0,
    limit: 1,
    ...(hint === undefined ? {} : { hint }),
  };
  const project = projectionOf(body, query);
  const wantsNew = flagField(body, 'new');
  const collection = catalog.find(db, name);
  const [row] = collection === undefined ? [] : targets(context, collection, query);
  if (row === undefined || collection === undefined) {
    if (update === undefined || !flagField(body, 'upsert'))
      return modifyReply({ n: 0, updated: remove ? undefined : false });
    const bytes = upserted(update, filter);
    const id = catalog.open(db, name).insert(bytes);
    return modifyReply({
      n: 1,
      updated: false,
      upserted: id,
      ...(wantsNew ? { value: project(bytes) } : {}),
    });
  }
  if (update === undefined) {
    collection.remove(row);
    return modifyReply({ n: 1, updated: undefined, value: project(row.bytes) });
  }
  const next = modified(row.bytes, update, filter);
  if (!next.equals(row.bytes)) collection.replace(row, next);
  return modifyReply({ n: 1, updated: true, value: project(wantsNew ? next : row.bytes) });
}

function projectionOf(body: Doc, { filter }: Query): (bytes: Buffer) => Doc {
  const spec = docField(body, 'fields');
  if (spec.size === 0) return (bytes) => decode(bytes);
  const { apply } = compileProjection(spec, {
    inQuery: true,
    matchedItem: (doc, path) => matchedItem(filter, doc, path),
  });
  return (bytes) => apply({ doc: decode(bytes) });
}

interface Outcome {
  readonly n: number;
  /** Whether a document was updated; undefined when it was to be removed. */
  readonly updated: boolean | undefined;
  readonly upserted?: Value;
  readonly value?: Doc;
}

function modifyReply({ n, updated, upserted: id, value }: Outcome): Doc {
  const last: Doc = new Map<string, Value>([['n', new Int32(n)]]);
  if (updated !== undefined) last.set('updatedExisting', updated);
  if (id !== undefined) last.set('upserted', id);
  return new Map<string, Value>([
    ['lastErrorObject', last],
    ['value', value ?? null],
  ]);
}
