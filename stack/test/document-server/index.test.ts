import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Collection, Document, ObjectId } from 'mongodb';
import { openTarget, refusalOf, stagesOf, type Target } from './target.ts';

let target: Target;
let blogs: Collection<Document>;
before(async () => {
  target = await openTarget();
  blogs = target.collection();
  const documents = Array.from({ length: 400 }, (_, n) => ({
    n,
    slug: `s${n}`,
    tags: ['ALL', `T${n % 8}`],
    author: n % 4,
    published: n % 2 === 0,
    publishedAt: new Date(1e12 + ((n * 37) % 400) * 1000),
    sub: { k: n % 10 },
  }));
  await blogs.insertMany(documents);
  await blogs.createIndexes([
    { key: { slug: 1 }, unique: true },
    { key: { tags: 1, published: 1, publishedAt: -1 } },
    { key: { author: 1, publishedAt: -1 } },
    { key: { publishedAt: -1, n: 1 } },
    { key: { 'sub.k': 1 } },
  ]);
});
after(async () => {
  await target[Symbol.asyncDispose]();
});

interface Served {
  readonly name: string;
  readonly filter: Document;
  readonly sort?: Document;
  readonly limit?: number;
  /** How many documents may be looked at. */
  readonly most: number;
  readonly blockingSort?: boolean;
}

const served: readonly Served[] = [
  { name: 'equality on a unique field', filter: { slug: 's9' }, most: 1 },
  { name: 'a list of values', filter: { slug: { $in: ['s1', 's2', 'none'] } }, most: 2 },
  { name: 'a range', filter: { n: { $gte: 0 }, publishedAt: { $gte: new Date(1e12 + 390_000) } }, most: 10 },
  {
    name: 'a range with both ends',
    filter: { publishedAt: { $gt: new Date(1e12 + 1000), $lt: new Date(1e12 + 5000) } },
    most: 3,
  },
  {
    name: 'an item of an array, then a sort',
    filter: { tags: 'T3', published: false },
    sort: { publishedAt: -1 },
    limit: 5,
    most: 5,
  },
  {
    name: 'the same sort the other way',
    filter: { tags: 'T3', published: false },
    sort: { publishedAt: 1 },
    limit: 5,
    most: 5,
  },
  { name: 'a sort alone', filter: {}, sort: { publishedAt: -1, n: 1 }, limit: 7, most: 7 },
  { name: 'a sort alone, turned over', filter: {}, sort: { publishedAt: 1, n: -1 }, limit: 7, most: 7 },
  { name: 'a prefix and a sort', filter: { author: 2 }, sort: { publishedAt: -1 }, limit: 3, most: 3 },
  { name: 'a dotted field', filter: { 'sub.k': 4 }, most: 40 },
  {
    name: 'a prefix with a sort that it does not give',
    filter: { author: 1 },
    sort: { n: 1 },
    limit: 3,
    most: 100,
    blockingSort: true,
  },
];

for (const { name, filter, sort = {}, limit = 0, most, blockingSort = false } of served) {
  test(`plan: ${name} is served from an index, and rightly`, async () => {
    const query = () =>
      blogs
        .find(filter)
        .sort(sort as never)
        .limit(limit);
    const explanation = await query().explain('executionStats');
    const stages = stagesOf(explanation);
    assert.ok(!stages.includes('COLLSCAN'), stages.join());
    assert.equal(stages.includes('SORT'), blockingSort, stages.join());
    assert.ok(
      explanation.executionStats.totalDocsExamined <= most,
      String(explanation.executionStats.totalDocsExamined),
    );
    const scanned = await blogs
      .find(filter)
      .sort({ ...sort } as never)
      .limit(limit)
      .hint({ $natural: 1 })
      .toArray();
    const found = await query().toArray();
    const order =
      Object.keys(sort).length > 0
        ? (list: Document[]) => list.map(({ n }) => n)
        : (list: Document[]) => list.map(({ n }) => n).sort();
    assert.deepEqual(order(found), order(scanned));
    assert.ok(found.length > 0);
  });
}

test('plan: _id is always an index', async () => {
  const first = await blogs.findOne({ n: 77 });
  const explanation = await blogs.find({ _id: first?._id as ObjectId }).explain('executionStats');
  assert.ok(!stagesOf(explanation).includes('COLLSCAN'));
  assert.equal(explanation.executionStats.totalDocsExamined, 1);
});

test('plan: the filter and the sort that begin a pipeline are served from an index', async () => {
  const pipeline = [
    { $match: { author: 2 } },
    { $sort: { publishedAt: -1 } },
    { $limit: 3 },
    { $project: { n: 1 } },
  ];
  const explanation = JSON.stringify(await blogs.aggregate(pipeline).explain('executionStats'));
  assert.match(explanation, /IXSCAN/);
  assert.doesNotMatch(explanation, /COLLSCAN/);
  assert.match(explanation, /"totalDocsExamined":3\b/);
});

test('plan: what no index serves is a scan; a hint names the index, one that is not there is refused', async () => {
  assert.ok(stagesOf(await blogs.find({ published: true }).explain()).includes('COLLSCAN'));
  const hinted = await blogs.find({ author: 1, slug: 's1' }).hint('slug_1').explain();
  assert.match(JSON.stringify(hinted), /slug_1/);
  assert.equal((await blogs.find({ author: 1 }).hint({ author: 1, publishedAt: -1 }).toArray()).length, 100);
  assert.equal((await refusalOf(blogs.find({}).hint('nothing').toArray())).code, 2);
});

test('plan: two conditions on the items of arrays are each met by any item', async () => {
  const collection = target.collection();
  await collection.insertMany([
    {
      n: 1,
      a: [
        { b: 1, c: 9 },
        { b: 5, c: 2 },
      ],
    },
    { n: 2, a: [{ b: 1, c: 2 }] },
    { n: 3, a: { b: 1, c: 2 } },
    { n: 4, v: [1, 9] },
  ]);
  const check = async (): Promise<void> => {
    const both = await collection.find({ 'a.b': 1, 'a.c': 2 }).sort({ n: 1 }).toArray();
    assert.deepEqual(
      both.map(({ n }) => n),
      [1, 2, 3],
    );
    assert.equal(await collection.countDocuments({ v: { $gt: 5, $lt: 5 } }), 1);
    assert.equal(await collection.countDocuments({ v: { $all: [1, 9] } }), 1);
  };
  await check();
  await collection.createIndexes([{ key: { 'a.b': 1, 'a.c': 1 } }, { key: { v: 1 } }]);
  await check();
});

test('plan: a document that several keys find comes once, and sorts by its least or greatest item', async () => {
  const collection = target.collection();
  await collection.createIndex({ v: 1 });
  await collection.insertMany([
    { n: 1, v: [1, 10] },
    { n: 2, v: [2, 3] },
    { n: 3, v: 4 },
  ]);
  const sorted = async (v: 1 | -1): Promise<number[]> =>
    (await collection.find().sort({ v }).toArray()).map(({ n }) => n);
  assert.deepEqual(await sorted(1), [1, 2, 3]);
  assert.deepEqual(await sorted(-1), [1, 3, 2]);
  const ranged = async (filter: Document): Promise<number[]> =>
    (await collection.find(filter).sort({ v: 1 }).toArray()).map(({ n }) => n);
  assert.deepEqual(await ranged({ v: { $gte: 3 } }), [1, 2, 3]);
  await collection.updateMany({}, { $set: { b: 0 } });
  await collection.createIndex({ b: 1, v: 1 });
  assert.deepEqual(await ranged({ b: 0, v: { $gte: 3 } }), [1, 2, 3]);
});

test('unique: compound, in arrays, missing counts as null, sparse leaves missing out', async () => {
  const collection = target.collection();
  await collection.createIndex({ a: 1, b: 1 }, { unique: true });
  await collection.insertMany([{ a: 1, b: 1 }, { a: 1, b: 2 }, { a: 2 }]);
  const refusal = await refusalOf(collection.insertOne({ a: 2 }));
  assert.deepEqual(
    [refusal.code, refusal.keyPattern, refusal.keyValue],
    [11000, { a: 1, b: 1 }, { a: 2, b: null }],
  );
  await collection.dropIndex('a_1_b_1');
  await collection.insertOne({ a: 2 });
  const many = target.collection();
  await many.createIndexes([{ key: { tags: 1 }, unique: true, sparse: true }]);
  await many.insertMany([{ tags: ['x', 'y', 'x'] }, { n: 1 }, { n: 2 }]);
  assert.equal((await refusalOf(many.insertOne({ tags: ['z', 'y'] }))).code, 11000);
  await many.insertOne({ tags: 'z' });
});

test('unique: a partial index binds only what its filter passes, and serves only such queries', async () => {
  const collection = target.collection();
  await collection.createIndex({ k: 1 }, { unique: true, partialFilterExpression: { live: true } });
  await collection.insertMany([{ k: 1, live: true }, { k: 1, live: false }, { k: 1 }]);
  assert.equal((await refusalOf(collection.insertOne({ k: 1, live: true }))).code, 11000);
  assert.equal(
    (await refusalOf(collection.updateOne({ live: false }, { $set: { live: true } }))).code,
    11000,
  );
  assert.equal(await collection.countDocuments({ k: 1 }), 3);
  assert.ok(!stagesOf(await collection.find({ k: 1, live: true }).explain()).includes('COLLSCAN'));
  assert.ok(stagesOf(await collection.find({ k: 1 }).explain()).includes('COLLSCAN'));
});

test('indexes: made, listed, made again, in conflict, dropped', async () => {
  const collection = target.collection();
  assert.equal(await collection.createIndex({ a: 1, b: -1 }), 'a_1_b_-1');
  assert.equal(await collection.createIndex({ a: 1, b: -1 }), 'a_1_b_-1');
  await collection.createIndex({ u: 1 }, { unique: true, name: 'mine' });
  const listed = await collection.indexes();
  assert.deepEqual(
    listed.map(({ name, key, unique }) => ({ name, key, unique })),
    [
      { name: '_id_', key: { _id: 1 }, unique: undefined },
      { name: 'a_1_b_-1', key: { a: 1, b: -1 }, unique: undefined },
      { name: 'mine', key: { u: 1 }, unique: true },
    ],
  );
  assert.equal((await refusalOf(collection.createIndex({ x: 1 }, { name: 'mine' }))).code, 86);
  assert.equal((await refusalOf(collection.createIndex({ u: 1 }, { unique: true, name: 'other' }))).code, 85);
  await collection.dropIndex('mine');
  assert.equal((await refusalOf(collection.dropIndex('mine'))).code, 27);
  assert.equal((await refusalOf(collection.dropIndex('_id_'))).code, 72);
  await collection.dropIndexes();
  assert.equal((await collection.indexes()).length, 1);
});

test('indexes: a unique one over what is twice there is refused and leaves nothing; side by side arrays too', async () => {
  const collection = target.collection();
  await collection.insertMany([{ k: 1 }, { k: 1 }]);
  const refusal = await refusalOf(collection.createIndex({ k: 1 }, { unique: true }));
  assert.deepEqual([refusal.code, refusal.keyValue], [11000, { k: 1 }]);
  assert.equal((await collection.indexes()).length, 1);
  await collection.createIndex({ a: 1, b: 1 });
  assert.equal((await refusalOf(collection.insertOne({ a: [1], b: [2] }))).code, 171);
  assert.equal(await collection.countDocuments(), 2);
});

test('indexes: follow updates and deletes', async () => {
  const collection = target.collection();
  await collection.createIndex({ k: 1 });
  await collection.insertMany(Array.from({ length: 50 }, (_, n) => ({ n, k: n % 5 })));
  await collection.updateMany({ k: 1 }, { $set: { k: 7 } });
  await collection.updateMany({ k: { $gte: 2 } }, { $inc: { k: 1 } });
  await collection.deleteMany({ k: 4 });
  const counts = async (k: number): Promise<number> => (await collection.find({ k }).toArray()).length;
  assert.deepEqual(await Promise.all([0, 1, 2, 3, 4, 5, 7, 8].map(counts)), [10, 0, 0, 10, 0, 10, 0, 10]);
});
