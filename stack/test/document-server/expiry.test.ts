import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Int32 } from 'bson';
import { encode } from '../../src/servers/document-server/bson/encode.ts';
import type { Doc, Value } from '../../src/servers/document-server/bson/value.ts';
import { Clock } from '../../src/servers/document-server/command/clock.ts';
import { removeExpired } from '../../src/servers/document-server/expiry.ts';
import { CursorTable } from '../../src/servers/document-server/query/cursor.ts';
import { Catalog } from '../../src/servers/document-server/storage/catalog.ts';
import { Database } from '../../src/servers/document-server/storage/database.ts';

test('expiry: documents go when their time is over, others and those without a date stay', () => {
  using database = new Database(':memory:');
  const catalog = new Catalog(database);
  const engine = { database, catalog, cursors: new CursorTable(), clock: new Clock() };
  const collection = catalog.open('d', 'c');
  const spec: Doc = new Map<string, Value>([
    ['key', new Map([['at', new Int32(1)]])],
    ['name', 'at_1'],
    ['expireAfterSeconds', new Int32(10)],
  ]);
  catalog.addIndex(collection, spec);
  const dates: Value[] = [
    new Date(0),
    [new Date(99_000), new Date(5000)],
    new Date(89_000),
    new Date(91_000),
    'text',
    null,
  ];
  for (const at of dates) collection.insert(encode(new Map([['at', at]])));
  assert.equal(removeExpired(engine, 99_500), 3);
  assert.equal(collection.count(), 3);
  assert.equal(removeExpired(engine, 99_500), 0);
});

test('cursors: at most a thousand are kept, the one idle the longest goes first', () => {
  const cursors = new CursorTable();
  const documents = [1, 2, 3, 4].map(() => Buffer.alloc(5));
  const open = (): bigint => cursors.open('d.c', documents.values(), 1).cursorId;
  const [first, second] = [open(), open()];
  cursors.more(first, 'd.c', 1);
  for (let more = 0; more < 999; more += 1) open();
  assert.throws(() => cursors.more(second, 'd.c', 1), { code: 43 });
  assert.equal(cursors.more(first, 'd.c', 1).documents.length, 1);
});
