import { Int32 } from 'bson';
import type { Doc, Value } from '../../bson/value.ts';
import { CommandError } from '../../errors.ts';
import { compileFilter } from '../../filter/filter.ts';
import { find, type Query } from '../../query/find.ts';
import { parseSort } from '../../query/sort.ts';
import type { Collection, Row } from '../../storage/collection.ts';
import { compileUpdate, modified } from '../../update/modify.ts';
import { upserted } from '../../update/upsert.ts';
import {
  type Context,
  checkFields,
  collectionName,
  docField,
  docsField,
  flagField,
  startWork,
  wholeField,
} from '../context.ts';
import { hintOf } from '../read/find.ts';
import { checkBatch, WriteLog } from './write-error.ts';

/** `insert`. */
export function runInsert(context: Context): Doc {
  const { body, documents, catalog, db } = context;
  checkBatch(documents.length);
  const log = new WriteLog(flagField(body, 'ordered', true));
  const collection = catalog.open(db, collectionName(context));
  let inserted = 0;
  for (const [index, bytes] of documents.entries()) {
    const goOn = log.attempt(index, () => {
      context.clock.check();
      collection.insert(bytes);
      inserted += 1;
    });
    if (!goOn) break;
  }
  return log.reply([['n', new Int32(inserted)]]);
}

const updateFields = ['q', 'u', 'multi', 'upsert', 'arrayFilters', 'hint', 'collation', 'sort'];

/** `update`. */
export function runUpdate(context: Context): Doc {
  const updates = docsField(context.body, 'updates');
  checkBatch(updates.length);
  const log = new WriteLog(flagField(context.body, 'ordered', true));
  let matched = 0;
  let changed = 0;
  const ids: Value[] = [];
  for (const [index, spec] of updates.entries()) {
    const goOn = log.attempt(index, () => {
      const result = updateOnce(context, spec, (did) => {
        matched += 1;
        changed += Number(did);
      });
      if (result === undefined) return;
      matched += 1;
      ids.push(
        new Map<string, Value>([
          ['index', new Int32(index)],
          ['_id', result.id],
        ]),
      );
    });
    if (!goOn) break;
  }
  const fields: [string, Value][] = [
    ['n', new Int32(matched)],
    ['nModified', new Int32(changed)],
  ];
  return log.reply(ids.length === 0 ? fields : [...fields, ['upserted', ids]]);
}

/** One update; gives the `_id` of the document that it had to insert. */
function updateOnce(
  context: Context,
  spec: Doc,
  count: (changed: boolean) => void,
): { readonly id: Value } | undefined {
  checkFields(spec, 'update.updates', updateFields);
  const update = compileUpdate(spec.get('u'), spec.get('arrayFilters'));
  const multi = flagField(spec, 'multi');
  if (multi && update.replaces) {
    throw new CommandError('FailedToParse', 'multi update is not supported for replacement-style update');
  }
  const query = writeQuery(spec, multi ? Number.POSITIVE_INFINITY : 1);
  const name = collectionName(context);
  const collection = context.catalog.find(context.db, name);
  let matched = 0;
  for (const row of collection === undefined ? [] : targets(context, collection, query)) {
    matched += 1;
    const next = modified(row.bytes, update, query.filter);
    const changed = !next.equals(row.bytes);
    if (changed) collection?.replace(row, next);
    count(changed);
  }
  if (matched > 0 || !flagField(spec, 'upsert')) return undefined;
  const bytes = upserted(update, query.filter);
  return { id: context.catalog.open(context.db, name).insert(bytes) };
}

function writeQuery(spec: Doc, limit: number): Query {
  const hint = hintOf(spec);
  return {
    filter: compileFilter(docField(spec, 'q')),
    sort: parseSort(spec.get('sort')),
    skip: 0,
    limit,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** The rows to be written, all found before the first is: a write must not bring a row before the search again. */
export function* targets(context: Context, collection: Collection, query: Query): Generator<Row> {
  const rids = [...find(context.database, collection, query, startWork(context)).map(({ rid }) => rid)];
  for (const rid of rids) {
    const row = collection.row(rid);
    if (row !== undefined) yield row;
  }
}

/** `delete`. */
export function runDelete(context: Context): Doc {
  const deletes = docsField(context.body, 'deletes');
  checkBatch(deletes.length);
  const log = new WriteLog(flagField(context.body, 'ordered', true));
  const collection = context.catalog.find(context.db, collectionName(context));
  let removed = 0;
  for (const [index, spec] of deletes.entries()) {
    const goOn = log.attempt(index, () => {
      checkFields(spec, 'delete.deletes', ['q', 'limit', 'hint', 'collation']);
      const limit = wholeField(spec, 'limit', 0);
      if (limit > 1)
        throw new CommandError('FailedToParse', 'The limit field in delete objects must be 0 or 1');
      const query = writeQuery(spec, limit === 0 ? Number.POSITIVE_INFINITY : 1);
      if (collection === undefined) return;
      for (const row of targets(context, collection, query)) {
        collection.remove(row);
        removed += 1;
      }
    });
    if (!goOn) break;
  }
  return log.reply([['n', new Int32(removed)]]);
}
