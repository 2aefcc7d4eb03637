import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  type Collection,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'mongodb';
import { openTarget, type Target } from './target.ts';

let target: Target;
before(async () => {
  target = await openTarget();
});
after(async () => {
  await target[Symbol.asyncDispose]();
});

const everyType: Document = {
  double: new Double(3),
  int: new Int32(3),
  long: Long.fromString('9007199254740993'),
  decimal: Decimal128.fromString('1.10'),
  string: 'naïve \0 text 😀',
  object: { z: new Int32(1), a: new Int32(2) },
  array: [new Int32(1), [new Int32(2)], []],
  binary: new Binary(Buffer.from([1, 2, 3]), 0),
  uuid: new UUID('7b1f3c5e-2c4d-4e8f-9a6b-1c2d3e4f5a6b'),
  legacyUuid: new Binary(Buffer.alloc(16, 7), 0),
  objectId: new ObjectId('0123456789abcdef01234567'),
  yes: true,
  no: false,
  date: new Date(-1),
  nothing: null,
  regex: new BSONRegExp('^a', 'i'),
  code: new Code('f()'),
  symbol: new BSONSymbol('s'),
  timestamp: new Timestamp({ t: 5, i: 6 }),
  min: new MinKey(),
  max: new MaxKey(),
};
const exact = { promoteValues: false, bsonRegExp: true };

test('values: every BSON type comes back as it went in, also after an update beside it', async () => {
  const collection = target.collection();
  await collection.insertOne({ _id: 1 as never, ...everyType });
  const stored = await collection.findOne({}, { ...exact, projection: { _id: 0 } });
  assert.deepEqual(stored, everyType);
  await collection.updateOne({}, { $set: { beside: true } });
  const updated = await collection.findOne({}, { ...exact, projection: { _id: 0, beside: 0 } });
  assert.deepEqual(updated, everyType);
});

test('values: fields keep their order, names like numbers too', async () => {
  const collection = target.collection();
  await collection.insertOne(
    new Map<string, unknown>([
      ['b', 1],
      ['_id', 1],
      ['2', 0],
      ['1', 0],
    ]) as never,
  );
  await collection.updateOne({}, { $set: { c: 1 } });
  const raw = await collection.findOne({}, { raw: true });
  const text = Buffer.from(raw as unknown as Uint8Array).toString('latin1');
  const places = ['_id\0', 'b\0', '2\0', '1\0', 'c\0'].map((name) => text.indexOf(name));
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
});

test('values: null finds null and missing, and only them', async () => {
  const collection = target.collection();
  await collection.insertMany([
    { n: 1, a: null },
    { n: 2 },
    { n: 3, a: 0 },
    { n: 4, a: [] },
    { n: 5, a: [1, null] },
    { n: 6, a: { b: null } },
    { n: 7, a: [{ c: 1 }, { b: 1 }] },
  ]);
  assert.deepEqual(await numbers(collection, { a: null }), [1, 2, 5]);
  assert.deepEqual(await numbers(collection, { a: { $ne: null } }), [3, 4, 6, 7]);
  assert.deepEqual(await numbers(collection, { a: { $exists: false } }), [2]);
  assert.deepEqual(await numbers(collection, { 'a.b': null }), [1, 2, 3, 6, 7]);
  assert.deepEqual(await numbers(collection, { a: { $in: [null, 0] } }), [1, 2, 3, 5]);
  await collection.createIndex({ a: 1 });
  assert.deepEqual(await numbers(collection, { a: null }), [1, 2, 5]);
});

test('values: ids, UUIDs and binaries are found by value, with and without an index', async () => {
  const collection = target.collection();
  const ids = Array.from({ length: 12 }, () => new ObjectId());
  const author = new UUID();
  await collection.insertMany(ids.map((ref, n) => ({ n, ref, author: n % 2 === 0 ? author : new UUID() })));
  await collection.insertOne({ n: 99, author: new Binary(author.buffer, 0) });
  const check = async (): Promise<void> => {
    assert.deepEqual(await numbers(collection, { ref: ids[3] }), [3]);
    assert.deepEqual(await numbers(collection, { ref: { $in: [ids[3], ids[5], new ObjectId()] } }), [3, 5]);
    assert.deepEqual(
      await numbers(collection, { ref: { $in: ids } }),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    );
    assert.deepEqual(await numbers(collection, { ref: { $gt: ids[9] } }), [10, 11]);
    assert.deepEqual(await numbers(collection, { author }), [0, 2, 4, 6, 8, 10]);
    assert.deepEqual(await numbers(collection, { author: new Binary(author.buffer, 0) }), [99]);
  };
  await check();
  await collection.createIndexes([{ key: { ref: 1 } }, { key: { author: -1 } }]);
  await check();
});

test('values: numbers are equal across types, exactly beyond 2^53', async () => {
  const collection = target.collection();
  const big = '9007199254740993';
  await collection.insertMany([
    { n: 1, v: new Int32(5) },
    { n: 2, v: new Double(5) },
    { n: 3, v: Long.fromNumber(5) },
    { n: 4, v: Decimal128.fromString('5.0') },
    { n: 5, v: Long.fromString(big) },
    { n: 6, v: new Double(9007199254740992) },
    { n: 7, v: Number.NaN },
    { n: 8, v: '5' },
  ]);
  const check = async (): Promise<void> => {
    assert.deepEqual(await numbers(collection, { v: 5 }), [1, 2, 3, 4]);
    assert.deepEqual(await numbers(collection, { v: Long.fromString(big) }), [5]);
    assert.deepEqual(await numbers(collection, { v: { $gt: 9007199254740992 } }), [5]);
    assert.deepEqual(await numbers(collection, { v: { $lt: 6 } }), [1, 2, 3, 4]);
    assert.deepEqual(await numbers(collection, { v: Number.NaN }), [7]);
  };
  await check();
  await collection.createIndex({ v: 1 });
  await check();
  await collection.dropIndexes();
  await collection.createIndex({ v: -1 });
  await check();
});

const ordered: unknown[] = [
  new MinKey(),
  [],
  null,
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  -1.5,
  0,
  new Double(0.5),
  Long.fromString('9007199254740993'),
  Number.POSITIVE_INFINITY,
  '',
  'A',
  'a',
  'a\0b',
  'ab',
  '\uffff',
  '😀',
  {},
  { a: 1 },
  { b: 0 },
  { a: 'x' },
  new Binary(Buffer.from([9]), 0),
  new Binary(Buffer.from([1, 2]), 0),
  new ObjectId('000000000000000000000001'),
  false,
  true,
  new Date(-1000),
  new Date(0),
  new Timestamp({ t: 1, i: 1 }),
  new BSONRegExp('a', ''),
  new MaxKey(),
];

test('values: a sort follows the order of BSON types, with and without an index, both ways', async () => {
  const collection = target.collection();
  const documents = ordered.map((v, n) => ({ n, v }));
  await collection.insertMany(documents.toSorted((a, b) => ((a.n * 7) % 31) - ((b.n * 7) % 31)));
  const up = documents.map(({ n }) => n);
  const sortedBy = async (direction: 1 | -1): Promise<number[]> =>
    (await collection.find({}, { sort: { v: direction }, projection: { n: 1 } }).toArray()).map(({ n }) => n);
  assert.deepEqual(await sortedBy(1), up);
  assert.deepEqual(await sortedBy(-1), up.toReversed());
  await collection.createIndex({ v: 1 });
  assert.deepEqual(await sortedBy(1), up);
  assert.deepEqual(await sortedBy(-1), up.toReversed());
});

test('values: a range looks at its own type only', async () => {
  const collection = target.collection();
  await collection.insertMany(ordered.map((v, n) => ({ n, v })));
  const check = async (): Promise<void> => {
    assert.deepEqual(await numbers(collection, { v: { $gte: new Date(-1000) } }), [26, 27]);
    assert.deepEqual(await numbers(collection, { v: { $lt: 'ab' } }), [10, 11, 12, 13]);
    assert.deepEqual(await numbers(collection, { v: { $lte: true } }), [24, 25]);
    assert.deepEqual(await numbers(collection, { v: { $gt: 0 } }), [7, 8, 9]);
    assert.deepEqual(await numbers(collection, { v: { $gte: null } }), [2]);
  };
  await check();
  await collection.createIndex({ v: 1 });
  await check();
});

async function numbers(collection: Collection<Document>, filter: Document): Promise<number[]> {
  const found = await collection.find(filter, { projection: { n: 1 } }).toArray();
  return found.map(({ n }) => n).sort((a, b) => a - b);
}
