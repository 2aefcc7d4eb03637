import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Document, Double, Int32, Long, MongoBulkWriteError, ObjectId } from 'mongodb';
import { openTarget, refusalOf, type Target } from './target.ts';

let target: Target;
before(async () => {
  target = await openTarget();
});
after(async () => {
  await target[Symbol.asyncDispose]();
});

interface Change {
  readonly name: string;
  readonly from: Document;
  readonly update: Document | Document[];
  readonly to: Document;
  readonly filter?: Document;
  readonly arrayFilters?: Document[];
}

const changes: readonly Change[] = [
  {
    name: '$set makes what is missing on the way',
    from: {},
    update: { $set: { 'a.b': 1 } },
    to: { a: { b: 1 } },
  },
  {
    name: '$set of a place in an array pads with null',
    from: { a: [1] },
    update: { $set: { 'a.3': 2 } },
    to: { a: [1, null, null, 2] },
  },
  {
    name: '$unset',
    from: { a: 1, b: { c: 1, d: 2 } },
    update: { $unset: { a: '', 'b.c': '' } },
    to: { b: { d: 2 } },
  },
  {
    name: '$unset of an item leaves null',
    from: { a: [1, 2] },
    update: { $unset: { 'a.0': '' } },
    to: { a: [null, 2] },
  },
  {
    name: '$inc and $mul',
    from: { a: 1, b: 3 },
    update: { $inc: { a: 2, c: 5 }, $mul: { b: 2, d: 4 } },
    to: { a: 3, b: 6, c: 5, d: 0 },
  },
  {
    name: '$min and $max',
    from: { a: 5, b: 5 },
    update: { $min: { a: 3, c: 1 }, $max: { b: 3 } },
    to: { a: 3, b: 5, c: 1 },
  },
  { name: '$rename', from: { a: 1 }, update: { $rename: { a: 'b.c' } }, to: { b: { c: 1 } } },
  { name: '$push', from: { a: [1] }, update: { $push: { a: 2, b: [3] } }, to: { a: [1, 2], b: [[3]] } },
  {
    name: '$push with $each, $position, $sort and $slice',
    from: { a: [5, 1] },
    update: { $push: { a: { $each: [3, 9], $sort: 1, $slice: -3 } } },
    to: { a: [3, 5, 9] },
  },
  {
    name: '$push at a position',
    from: { a: [1, 4] },
    update: { $push: { a: { $each: [2, 3], $position: 1 } } },
    to: { a: [1, 2, 3, 4] },
  },
  {
    name: '$push sorted by a field',
    from: { a: [{ k: 2 }] },
    update: { $push: { a: { $each: [{ k: 3 }, { k: 1 }], $sort: { k: -1 }, $slice: 2 } } },
    to: { a: [{ k: 3 }, { k: 2 }] },
  },
  {
    name: '$addToSet',
    from: { a: [1, { x: 1 }] },
    update: { $addToSet: { a: { $each: [1, { x: 1 }, 2, 2] } } },
    to: { a: [1, { x: 1 }, 2] },
  },
  {
    name: '$pop',
    from: { a: [1, 2, 3], b: [1, 2] },
    update: { $pop: { a: 1, b: -1 } },
    to: { a: [1, 2], b: [2] },
  },
  {
    name: '$pull of a value and of a range',
    from: { a: [1, 2, 1], b: [1, 5, 9] },
    update: { $pull: { a: 1, b: { $gte: 5 } } },
    to: { a: [2], b: [1] },
  },
  {
    name: '$pull of documents by a filter',
    from: { a: [{ k: 1, v: 1 }, { k: 2 }] },
    update: { $pull: { a: { k: 1 } } },
    to: { a: [{ k: 2 }] },
  },
  { name: '$pullAll', from: { a: [1, 2, 3, 2] }, update: { $pullAll: { a: [2, 3] } }, to: { a: [1] } },
  { name: '$bit', from: { a: 13 }, update: { $bit: { a: { and: 10 } } }, to: { a: 8 } },
  {
    name: '$setOnInsert leaves what is there',
    from: { a: 1 },
    update: { $setOnInsert: { a: 2 }, $set: { b: 1 } },
    to: { a: 1, b: 1 },
  },
  {
    name: 'the positional $',
    from: { a: [{ k: 1 }, { k: 2 }] },
    filter: { 'a.k': 2 },
    update: { $set: { 'a.$.v': 9 } },
    to: { a: [{ k: 1 }, { k: 2, v: 9 }] },
  },
  {
    name: 'the positional $ on values',
    from: { a: ['x', 'y'] },
    filter: { a: 'y' },
    update: { $set: { 'a.$': 'Y' } },
    to: { a: ['x', 'Y'] },
  },
  { name: 'all items by $[]', from: { a: [1, 2] }, update: { $inc: { 'a.$[]': 10 } }, to: { a: [11, 12] } },
  {
    name: 'items by an array filter',
    from: { a: [{ k: 1 }, { k: 5 }] },
    update: { $set: { 'a.$[big].v': 0 } },
    arrayFilters: [{ 'big.k': { $gt: 2 } }],
    to: { a: [{ k: 1 }, { k: 5, v: 0 }] },
  },
  {
    name: 'a pipeline',
    from: { a: 1, b: 2 },
    update: [{ $set: { c: { $add: ['$a', '$b'] } } }, { $unset: 'b' }],
    to: { a: 1, c: 3 },
  },
];

for (const { name, from, update, to, filter = {}, arrayFilters } of changes) {
  test(`update: ${name}`, async () => {
    const collection = target.collection();
    await collection.insertOne({ ...from });
    const options = arrayFilters === undefined ? {} : { arrayFilters };
    const result = await collection.updateOne(filter, update, options);
    assert.equal(result.modifiedCount, 1);
    assert.deepEqual(await collection.findOne({}, { projection: { _id: 0 } }), to);
  });
}

test('update: what cannot be is refused with the code of MongoDB and changes nothing', async () => {
  const collection = target.collection();
  const before = { _id: 1 as never, a: 'text', list: [1], deep: { x: 5 } };
  await collection.insertOne({ ...before });
  const refusals: readonly (readonly [Document, number])[] = [
    [{ $foo: { a: 1 } }, 9],
    [{ $set: { _id: 2 } }, 66],
    [{ $inc: { a: 1 } }, 14],
    [{ $inc: { b: 'x' } }, 14],
    [{ $push: { a: 1 } }, 2],
    [{ $pop: { a: 1 } }, 14],
    [{ $pull: { a: 1 } }, 2],
    [{ $addToSet: { a: 1 } }, 2],
    [{ $set: { 'deep.x.y': 1 } }, 28],
    [{ $set: { deep: 1, 'deep.x': 2 } }, 40],
    [{ $set: { 'a..b': 1 } }, 56],
    [{ $set: { 'list.$.x': 1 } }, 2],
    [{ $push: { list: { $each: 1 } } }, 2],
  ];
  for (const [update, code] of refusals) {
    const refusal = await refusalOf(collection.updateOne({}, update));
    assert.equal(refusal.code, code, JSON.stringify(update));
  }
  assert.deepEqual(await collection.findOne({}), before);
});

test('update: numbers keep the type that MongoDB gives them', async () => {
  const collection = target.collection();
  await collection.insertOne({
    int: new Int32(2147483647),
    double: new Double(1),
    long: Long.fromNumber(1),
    kept: new Double(2),
  });
  await collection.updateOne({}, { $inc: { int: 1, double: 1, long: 1 } });
  const stored = await collection.findOne({}, { promoteValues: false, projection: { _id: 0 } });
  const expected = {
    int: Long.fromNumber(2147483648),
    double: new Double(2),
    long: Long.fromNumber(2),
    kept: new Double(2),
  };
  assert.deepEqual(stored, expected);
});

test('update: one that changes nothing counts as matched, not as modified', async () => {
  const collection = target.collection();
  await collection.insertOne({ a: 1, list: [1] });
  for (const update of [
    { $set: { a: 1 } },
    { $min: { a: 3 } },
    { $addToSet: { list: 1 } },
    { $unset: { x: '' } },
  ]) {
    const result = await collection.updateOne({}, update);
    assert.deepEqual([result.matchedCount, result.modifiedCount], [1, 0], JSON.stringify(update));
  }
});

test('update: many, none, replaced, and upserted', async () => {
  const collection = target.collection();
  await collection.insertMany([{ k: 1 }, { k: 1 }, { k: 2 }]);
  const many = await collection.updateMany({ k: 1 }, { $set: { k: 3 } });
  assert.deepEqual([many.matchedCount, many.modifiedCount], [2, 2]);
  const none = await collection.updateOne({ k: 9 }, { $set: { k: 3 } });
  assert.deepEqual([none.matchedCount, none.upsertedCount], [0, 0]);
  const replaced = await collection.replaceOne({ k: 2 }, { other: 1 });
  assert.equal(replaced.modifiedCount, 1);
  const upserted = await collection.updateOne(
    { k: 7, 'a.b': 'x' },
    { $set: { c: 1 }, $setOnInsert: { d: 2 } },
    { upsert: true },
  );
  assert.ok(upserted.upsertedId instanceof ObjectId);
  const made = await collection.findOne({ _id: upserted.upsertedId });
  assert.deepEqual(made, { _id: upserted.upsertedId, k: 7, a: { b: 'x' }, c: 1, d: 2 });
  const whole = await collection.replaceOne({ k: 50 }, { z: 1 }, { upsert: true });
  assert.deepEqual(
    await collection.findOne({ _id: whole.upsertedId as ObjectId }, { projection: { _id: 0 } }),
    { z: 1 },
  );
  await assert.rejects(collection.replaceOne({ z: 1 }, { _id: new ObjectId(), z: 2 } as never), { code: 66 });
});

test('insert: a taken key is a MongoServerError 11000 with pattern, value and message', async () => {
  const collection = target.collection();
  await collection.createIndex({ slug: 1 }, { unique: true });
  await collection.insertOne({ _id: 1 as never, slug: 'a' });
  const refusal = await refusalOf(collection.insertOne({ slug: 'a' }));
  assert.equal(refusal.code, 11000);
  assert.deepEqual(refusal.keyPattern, { slug: 1 });
  assert.deepEqual(refusal.keyValue, { slug: 'a' });
  assert.match(
    refusal.message,
    /^E11000 duplicate key error collection: .* index: slug_1 dup key: \{ slug: "a" \}$/,
  );
  const byId = await refusalOf(collection.insertOne({ _id: 1 as never }));
  assert.deepEqual([byId.code, byId.keyPattern, byId.keyValue], [11000, { _id: 1 }, { _id: 1 }]);
  await collection.insertOne({ slug: 'b' });
  const updated = await refusalOf(collection.updateOne({ slug: 'b' }, { $set: { slug: 'a' } }));
  assert.equal(updated.code, 11000);
  const modified = await refusalOf(collection.findOneAndUpdate({ slug: 'b' }, { $set: { slug: 'a' } }));
  assert.deepEqual([modified.code, modified.keyValue], [11000, { slug: 'a' }]);
});

test('insert: an ordered bulk stops at the first refusal, an unordered one goes on', async () => {
  const collection = target.collection();
  const documents = [{ _id: 1 }, { _id: 1 }, { _id: 2 }, { _id: 2 }, { _id: 3 }];
  const ordered = await bulkError(collection.insertMany(documents as never[]));
  assert.deepEqual([ordered.insertedCount, writeErrors(ordered).map(({ index }) => index)], [1, [1]]);
  await collection.deleteMany({});
  const unordered = await bulkError(collection.insertMany(documents as never[], { ordered: false }));
  assert.deepEqual(
    [unordered.insertedCount, writeErrors(unordered).map(({ index, code }) => [index, code])],
    [
      3,
      [
        [1, 11000],
        [3, 11000],
      ],
    ],
  );
  assert.equal(await collection.countDocuments(), 3);
});

test('insert: an _id that is an array is refused, one that is missing is made', async () => {
  const collection = target.collection();
  assert.equal((await refusalOf(collection.insertOne({ _id: [1] as never }))).code, 53);
  await target.db.command({ insert: collection.collectionName, documents: [{ a: 1 }] });
  assert.ok((await collection.findOne({ a: 1 }))?._id instanceof ObjectId);
});

test('delete: one and many', async () => {
  const collection = target.collection();
  await collection.insertMany([{ k: 1 }, { k: 1 }, { k: 1 }, { k: 2 }]);
  assert.equal((await collection.deleteOne({ k: 1 })).deletedCount, 1);
  assert.equal((await collection.deleteMany({ k: 1 })).deletedCount, 2);
  assert.equal(await collection.estimatedDocumentCount(), 1);
});

test('findAndModify: before, after, removed, upserted, sorted, projected, and nothing', async () => {
  const collection = target.collection();
  await collection.insertMany([
    { _id: 1, k: 1 },
    { _id: 2, k: 2 },
  ] as never[]);
  const $inc = { n: 1 };
  assert.deepEqual(await collection.findOneAndUpdate({}, { $inc }, { sort: { k: -1 } }), { _id: 2, k: 2 });
  const after = await collection.findOneAndUpdate(
    { k: 2 },
    { $inc },
    { returnDocument: 'after', projection: { n: 1 } },
  );
  assert.deepEqual(after, { _id: 2, n: 2 });
  assert.equal(await collection.findOneAndUpdate({ k: 9 }, { $inc }), null);
  const upserted = await collection.findOneAndUpdate(
    { _id: 9 as never },
    { $inc },
    { upsert: true, returnDocument: 'after', includeResultMetadata: true },
  );
  assert.deepEqual(upserted.value, { _id: 9, n: 1 });
  assert.deepEqual(
    [upserted.lastErrorObject?.updatedExisting, upserted.lastErrorObject?.upserted],
    [false, 9],
  );
  assert.deepEqual(await collection.findOneAndReplace({ k: 1 }, { r: 1 }, { returnDocument: 'after' }), {
    _id: 1,
    r: 1,
  });
  assert.deepEqual(await collection.findOneAndDelete({ r: 1 }), { _id: 1, r: 1 });
  assert.equal(await collection.countDocuments(), 2);
});

test('findAndModify: of many at once every one takes another document', async () => {
  const collection = target.collection();
  await collection.insertMany(Array.from({ length: 40 }, (_, n) => ({ n, taken: false })));
  const take = () => collection.findOneAndUpdate({ taken: false }, { $set: { taken: true } });
  const taken = await Promise.all(Array.from({ length: 50 }, take));
  const numbers = taken.flatMap((document) => (document === null ? [] : [document.n]));
  assert.deepEqual([numbers.length, new Set(numbers).size], [40, 40]);
});

test('upsert: of many at once on a unique key one inserts, the others update', async () => {
  const collection = target.collection();
  await collection.createIndex({ k: 1 }, { unique: true });
  const upsert = () => collection.updateOne({ k: 1 }, { $inc: { n: 1 } }, { upsert: true });
  const results = await Promise.allSettled(Array.from({ length: 30 }, upsert));
  const done = results.filter(({ status }) => status === 'fulfilled').length;
  assert.deepEqual(await collection.find({}, { projection: { _id: 0 } }).toArray(), [{ k: 1, n: done }]);
});

async function bulkError(work: Promise<unknown>): Promise<MongoBulkWriteError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof MongoBulkWriteError);
  return error;
}

function writeErrors(error: MongoBulkWriteError): { index: number; code: number }[] {
  return [error.writeErrors].flat().map(({ index, code }) => ({ index, code: Number(code) }));
}

const upserts: readonly { filter: Document; made: Document }[] = [
  { filter: { x: { $all: [1] } }, made: { x: 1, a: 1 } },
  { filter: { x: { $in: [1] } }, made: { x: 1, a: 1 } },
  { filter: { x: { $in: [null] } }, made: { x: null, a: 1 } },
  { filter: { x: { $in: [1, 2] } }, made: { a: 1 } },
  { filter: { x: { $in: [/1/] } }, made: { a: 1 } },
  { filter: { x: { $all: [/1/] } }, made: { a: 1 } },
  { filter: { $or: [{ x: 1 }] }, made: { x: 1, a: 1 } },
  { filter: { $or: [{ x: 1 }, { y: 2 }] }, made: { a: 1 } },
  { filter: { $and: [{ x: 1 }, { $or: [{ 'y.z': 2 }] }] }, made: { x: 1, y: { z: 2 }, a: 1 } },
  { filter: { x: { $eq: 1, $gt: 0 }, 'y.a': 1, 'y.b': 2 }, made: { x: 1, y: { a: 1, b: 2 }, a: 1 } },
  { filter: { _id: { $in: ['one'] } }, made: { _id: 'one', a: 1 } },
];

test('upsert: takes from the filter what a field must equal, however that is said', async () => {
  for (const { filter, made } of upserts) {
    const collection = target.collection();
    const { upsertedId } = await collection.updateOne(filter, { $set: { a: 1 } }, { upsert: true });
    assert.deepEqual(await collection.findOne(), { _id: upsertedId, ...made }, JSON.stringify(filter));
  }
  const collection = target.collection();
  await collection.replaceOne({ _id: { $in: ['two' as never] }, x: 1 }, { b: 1 }, { upsert: true });
  assert.deepEqual(await collection.findOne(), { _id: 'two', b: 1 });
  const options = { upsert: true, returnDocument: 'after' } as const;
  const found = await collection.findOneAndUpdate({ x: { $all: [3] } }, { $set: { a: 1 } }, options);
  assert.deepEqual([found?.x, found?.a], [3, 1]);
});

test('upsert: a filter that says twice what a field is, is refused and stores nothing', async () => {
  const collection = target.collection();
  const refused: readonly Document[] = [
    { $and: [{ x: 1 }, { x: 2 }] },
    { x: 1, 'x.y': 2 },
    { 'x.y': 2, x: 1 },
    { x: { $all: [1, 2] } },
    { x: 1, $or: [{ x: 2 }] },
  ];
  const update = { $set: { a: 1 } };
  for (const filter of refused) {
    const name = JSON.stringify(filter);
    const options = { upsert: true };
    assert.equal((await refusalOf(collection.updateOne(filter, update, options))).code, 54, name);
    assert.equal((await refusalOf(collection.findOneAndUpdate(filter, update, options))).code, 54, name);
  }
  assert.equal(await collection.countDocuments(), 0);
});

test('nesting: what goes too deep is refused with Overflow, wherever it stands', async () => {
  const collection = target.collection();
  const nested = (levels: number): Document =>
    Array.from({ length: levels }).reduce<Document>((inner) => ({ a: inner }), {});
  await collection.insertOne(nested(150));
  const deep = nested(250);
  const refused = [
    () => collection.insertOne(nested(250)),
    () => collection.replaceOne({}, deep),
    () => collection.updateOne({}, { $set: { b: deep } }),
    () => collection.updateOne({}, { $set: { [Array(250).fill('b').join('.')]: 1 } }),
    () => collection.find(deep).toArray(),
  ];
  for (const attempt of refused) assert.equal((await refusalOf(attempt())).code, 15, String(attempt));
  assert.equal(await collection.countDocuments({ b: { $exists: false } }), 1);
});
