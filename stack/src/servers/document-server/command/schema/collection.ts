import { Binary, Double, Int32, Long } from 'bson';
import { encode } from '../../bson/encode.ts';
import type { Doc, Value } from '../../bson/value.ts';
import { CommandError } from '../../errors.ts';
import { compileFilter, passes } from '../../filter/filter.ts';
import type { Collection } from '../../storage/collection.ts';
import { type Context, collectionName, docField, flagField, wholeField } from '../context.ts';
import { CursorReply } from '../reply.ts';

/** `create`: a plain collection. */
export function runCreate(context: Context): Doc {
  const name = collectionName(context);
  const { catalog, db } = context;
  if (catalog.find(db, name) !== undefined) {
    throw new CommandError('NamespaceExists', `Collection ${db}.${name} already exists.`);
  }
  catalog.open(db, name);
  return new Map();
}

/** `drop`. A collection that is not there is no error, as since MongoDB 7.0. */
export function runDrop(context: Context): Doc {
  const { catalog, db, cursors } = context;
  const name = collectionName(context);
  const collection = catalog.find(db, name);
  if (collection === undefined) return new Map();
  const indexes = 1 + collection.indexes.length;
  catalog.drop(db, name);
  cursors.killAll(`${db}.${name}`);
  return new Map<string, Value>([
    ['nIndexesWas', new Int32(indexes)],
    ['ns', `${db}.${name}`],
  ]);
}

/** `dropDatabase`. */
export function runDropDatabase({ catalog, cursors, db }: Context): Doc {
  for (const name of [...catalog.collections(db).keys()]) {
    catalog.drop(db, name);
    cursors.killAll(`${db}.${name}`);
  }
  return new Map([['dropped', db]]);
}

/** `listCollections`. */
export function runListCollections({ body, catalog, cursors, db }: Context): CursorReply {
  const filter = compileFilter(docField(body, 'filter'));
  const nameOnly = flagField(body, 'nameOnly');
  const found = [...catalog.collections(db)].map(([name, collection]) => describe(name, collection));
  const documents = found
    .filter((doc) => passes(filter, doc))
    .map((doc) => {
      return encode(
        nameOnly
          ? new Map<string, Value>([
              ['name', doc.get('name')],
              ['type', 'collection'],
            ])
          : doc,
      );
    });
  const namespace = `${db}.$cmd.listCollections`;
  const batchSize = wholeField(docField(body, 'cursor'), 'batchSize', Number.POSITIVE_INFINITY);
  return new CursorReply('firstBatch', namespace, cursors.open(namespace, documents.values(), batchSize));
}

function describe(name: string, { uuid, idSpec }: Collection): Doc {
  return new Map<string, Value>([
    ['name', name],
    ['type', 'collection'],
    ['options', new Map()],
    [
      'info',
      new Map<string, Value>([
        ['readOnly', false],
        ['uuid', new Binary(uuid, Binary.SUBTYPE_UUID)],
      ]),
    ],
    ['idIndex', idSpec.source],
  ]);
}

/** `listDatabases`. */
export function runListDatabases({ body, catalog }: Context): Doc {
  const filter = compileFilter(docField(body, 'filter'));
  const nameOnly = flagField(body, 'nameOnly');
  const databases = catalog.databases().map((name): Doc => {
    const size: [string, Value][] = [
      ['sizeOnDisk', Long.fromNumber(0)],
      ['empty', false],
    ];
    return new Map<string, Value>([['name', name], ...(nameOnly ? [] : size)]);
  });
  const reply: Doc = new Map([['databases', databases.filter((doc) => passes(filter, doc))]]);
  return nameOnly ? reply : reply.set('totalSize', new Double(0));
}
