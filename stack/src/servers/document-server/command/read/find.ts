import { Long } from 'bson';
import type { Input } from '../../aggregation/expression.ts';
import { toPlain } from '../../bson/plain.ts';
import type { Doc, Value } from '../../bson/value.ts';
import { CommandError } from '../../errors.ts';
import { compileFilter } from '../../filter/filter.ts';
import { matchedItem } from '../../filter/matched-item.ts';
import { compileProjection, projectBytes } from '../../projection/projection.ts';
import { firstBatchSize } from '../../query/cursor.ts';
import { find, type Query, textIndexOf } from '../../query/find.ts';
import { parseSort } from '../../query/sort.ts';
import { type Context, collectionName, docField, flagField, startWork, wholeField } from '../context.ts';
import { CursorReply } from '../reply.ts';

/** `find`. */
export function runFind(context: Context): CursorReply {
  const { body, db, cursors } = context;
  const name = collectionName(context);
  const namespace = `${db}.${name}`;
  const batchSize = wholeField(body, 'batchSize', firstBatchSize);
  const documents = findDocuments(context, name);
  const batch = cursors.open(namespace, documents, batchSize, flagField(body, 'singleBatch'));
  return new CursorReply('firstBatch', namespace, batch);
}

const refused: readonly string[] = ['tailable', 'awaitData', 'returnKey', 'showRecordId', 'oplogReplay'];

function findDocuments(context: Context, name: string): Iterator<Buffer> {
  const { body, database, catalog, db } = context;
  const on = refused.find((option) => flagField(body, option));
  if (on !== undefined) throw new CommandError('NotImplemented', `${on} is not supported by this server`);
  const query = queryOf(body);
  const variables = variablesOf(body);
  const spec = docField(body, 'projection');
  const matched = (doc: Doc, path: string): number | undefined => matchedItem(query.filter, doc, path);
  const projection =
    spec.size === 0 ? undefined : compileProjection(spec, { inQuery: true, matchedItem: matched });
  const collection = catalog.find(db, name);
  if (collection === undefined) return [].values();
  if (query.filter.text !== undefined) textIndexOf(collection);
  const found = find(database, collection, query, startWork(context));
  return found.map((one) =>
    projection === undefined
      ? one.bytes
      : projectBytes(projection, one.bytes, () => ({ doc: one.doc, score: one.score, variables })),
  );
}

/** The query in the fields of `find`. */
export function queryOf(body: Doc): Query {
  const limit = wholeField(body, 'limit', 0);
  const hint = hintOf(body);
  return {
    filter: compileFilter(docField(body, 'filter'), true, variablesOf(body)),
    sort: parseSort(body.get('sort')),
    skip: wholeField(body, 'skip', 0),
    limit: limit === 0 ? Number.POSITIVE_INFINITY : limit,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** The index that the client wants used; an empty document is none. */
export function hintOf(body: Doc): Value {
  const hint = body.get('hint');
  return hint instanceof Map && hint.size === 0 ? undefined : hint;
}

/** The variables of `let`. */
export function variablesOf(body: Doc): Input['variables'] {
  const spec = docField(body, 'let');
  return spec.size === 0
    ? undefined
    : Object.fromEntries([...spec].map(([name, value]) => [name, toPlain(value)]));
}

/** `getMore`. */
export function runGetMore({ body, db, cursors }: Context): CursorReply {
  const id = body.get('getMore');
  if (!(id instanceof Long)) throw new CommandError('TypeMismatch', 'getMore needs a cursor id of type long');
  const namespace = `${db}.${String(body.get('collection'))}`;
  const size = wholeField(body, 'batchSize', 0);
  const batch = cursors.more(id.toBigInt(), namespace, size === 0 ? Number.POSITIVE_INFINITY : size);
  return new CursorReply('nextBatch', namespace, batch);
}

/** `killCursors`. */
export function runKillCursors({ body, cursors }: Context): Doc {
  const ids = body.get('cursors');
  const killed: Value[] = [];
  const notFound: Value[] = [];
  for (const id of Array.isArray(ids) ? ids : []) {
    if (id instanceof Long) (cursors.kill(id.toBigInt()) ? killed : notFound).push(id);
  }
  return new Map<string, Value>([
    ['cursorsKilled', killed],
    ['cursorsNotFound', notFound],
    ['cursorsAlive', []],
    ['cursorsUnknown', []],
  ]);
}
