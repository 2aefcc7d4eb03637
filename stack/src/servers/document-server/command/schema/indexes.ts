import { Int32 } from 'bson';
import { encode } from '../../bson/encode.ts';
import { printDoc } from '../../bson/print.ts';
import { type Doc, isDoc, type Value } from '../../bson/value.ts';
import { CommandError } from '../../errors.ts';
import type { Collection } from '../../storage/collection.ts';
import { type IndexSpec, parseIndexSpec } from '../../storage/index-spec.ts';
import { type Context, collectionName, docField, docsField, wholeField } from '../context.ts';
import { CursorReply } from '../reply.ts';

const maxIndexes = 64;

/** `createIndexes`. All of them are made, or none. */
export function runCreateIndexes(context: Context): Doc {
  const { body, catalog, db } = context;
  const name = collectionName(context);
  const specs = docsField(body, 'indexes').map(parseIndexSpec);
  if (specs.length === 0) throw new CommandError('BadValue', 'Must specify at least one index to create');
  const created = catalog.find(db, name) === undefined;
  const collection = catalog.open(db, name);
  const before = specsOf(collection).length;
  for (const spec of specs) if (!isThere(collection, spec)) catalog.addIndex(collection, spec.source);
  const after = specsOf(collection).length;
  if (after > maxIndexes)
    throw new CommandError('CannotCreateIndex', `add index fails, too many indexes for ${name}`);
  const reply: Doc = new Map<string, Value>([
    ['numIndexesBefore', new Int32(before)],
    ['numIndexesAfter', new Int32(after)],
    ['createdCollectionAutomatically', created],
  ]);
  return before === after ? reply.set('note', 'all indexes already exist') : reply;
}

function specsOf(collection: Collection): IndexSpec[] {
  return [collection.idSpec, ...collection.indexes.map(({ spec }) => spec)];
}

/** Whether the very same index is there. Throws for one that differs under the same name or key. */
function isThere(collection: Collection, spec: IndexSpec): boolean {
  const same = (a: IndexSpec): boolean => definition(a) === definition(spec);
  for (const known of specsOf(collection)) {
    const sameKey = printDoc(known.key) === printDoc(spec.key);
    if (known.name === '_id_' && sameKey) return true;
    if (known.name === spec.name && same(known)) return true;
    if (known.name === spec.name) {
      throw new CommandError(
        'IndexKeySpecsConflict',
        `An existing index has the same name as the requested index: ${spec.name}`,
      );
    }
    if (sameKey && same(known)) {
      throw new CommandError(
        'IndexOptionsConflict',
        `Index already exists with a different name: ${known.name}`,
      );
    }
    if (sameKey && known.partial === undefined && spec.partial === undefined) {
      throw new CommandError(
        'IndexOptionsConflict',
        `An equivalent index already exists with other options: ${known.name}`,
      );
    }
  }
  if (spec.text !== undefined && collection.textIndexes.length > 0) {
    throw new CommandError('CannotCreateIndex', 'only one text index per collection allowed');
  }
  return false;
}

const ignored: readonly string[] = ['name', 'v', 'background'];

/** What makes an index the one it is: its key and options, numbers by value. */
function definition({ source }: IndexSpec): string {
  const fields = [...source].filter(([name, value]) => !ignored.includes(name) && value !== false);
  return printDoc(new Map(fields.sort(([a], [b]) => (a < b ? -1 : 1)))).replaceAll('.0', '');
}

/** `listIndexes`. */
export function runListIndexes(context: Context): CursorReply {
  const { body, catalog, cursors, db } = context;
  const name = collectionName(context);
  const collection = catalog.find(db, name);
  if (collection === undefined)
    throw new CommandError('NamespaceNotFound', `ns does not exist: ${db}.${name}`);
  const namespace = `${db}.${name}`;
  const documents = specsOf(collection).map(({ source }) => encode(source));
  const batchSize = wholeField(docField(body, 'cursor'), 'batchSize', Number.POSITIVE_INFINITY);
  return new CursorReply('firstBatch', namespace, cursors.open(namespace, documents.values(), batchSize));
}

/** `dropIndexes`: by name, by key, several by name, or all but the one on `_id`. */
export function runDropIndexes(context: Context): Doc {
  const { body, catalog, db } = context;
  const name = collectionName(context);
  const collection = catalog.find(db, name);
  if (collection === undefined) throw new CommandError('NamespaceNotFound', `ns not found ${db}.${name}`);
  const before = specsOf(collection).length;
  const wanted = body.get('index');
  const all = collection.indexes;
  const chosen =
    wanted === '*'
      ? all
      : (Array.isArray(wanted) ? wanted : [wanted]).map((one) => {
          const index = all.find(({ spec }) =>
            isDoc(one) ? printDoc(spec.key) === printDoc(one) : spec.name === one,
          );
          if (index !== undefined) return index;
          throw isIdIndex(one)
            ? new CommandError('InvalidOptions', 'cannot drop _id index')
            : new CommandError(
                'IndexNotFound',
                `index not found with name [${isDoc(one) ? printDoc(one) : String(one)}]`,
              );
        });
  for (const index of new Set(chosen)) catalog.dropIndex(collection, index);
  // A cursor may be reading the index that is no more.
  context.cursors.killAll(`${db}.${name}`);
  return new Map([['nIndexesWas', new Int32(before)]]);
}

function isIdIndex(wanted: Value): boolean {
  return wanted === '_id_' || (isDoc(wanted) && wanted.size === 1 && wanted.has('_id'));
}
