import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Collection, type Document, Double, ObjectId, UUID } from 'mongodb';
import { openTarget, refusalOf, type Target } from './target.ts';

let target: Target;
let sales: Collection<Document>;
let people: Collection<Document>;
const ids = [new ObjectId(), new ObjectId(), new ObjectId()] as const;
const key = new UUID();
before(async () => {
  target = await openTarget();
  sales = target.collection();
  people = target.collection();
  await people.insertMany([
    { _id: ids[0], name: 'Ada', level: 1 },
    { _id: ids[1], name: 'Bob', level: 2 },
  ]);
  await sales.insertMany([
    { n: 1, who: ids[0], price: 10, qty: 2, tags: ['a', 'b'], at: new Date('2024-03-05T07:08:09.010Z'), key },
    { n: 2, who: ids[0], price: 2.5, qty: 4, tags: ['b'], at: new Date('2024-12-31T23:59:59Z'), key },
    { n: 3, who: ids[1], price: 7, qty: 1, tags: [], at: new Date('2023-01-01T00:00:00Z') },
    { n: 4, who: ids[2], price: 1, note: null, nested: { list: [{ v: 1 }, { v: 2 }, { w: 3 }] } },
  ]);
});
after(async () => {
  await target[Symbol.asyncDispose]();
});

async function run(...pipeline: Document[]): Promise<Document[]> {
  return await sales.aggregate(pipeline).toArray();
}

test('$group: by ids and UUIDs, with every accumulator', async () => {
  const grouped = await run(
    { $sort: { n: 1 } },
    {
      $group: {
        _id: '$who',
        total: { $sum: { $multiply: ['$price', '$qty'] } },
        count: { $sum: 1 },
        mean: { $avg: '$price' },
        least: { $min: '$price' },
        most: { $max: '$at' },
        first: { $first: '$n' },
        last: { $last: '$qty' },
        all: { $push: '$n' },
        set: { $addToSet: '$key' },
      },
    },
    { $sort: { count: -1, total: -1 } },
  );
  assert.deepEqual(grouped, [
    {
      _id: ids[0],
      total: 30,
      count: 2,
      mean: 6.25,
      least: 2.5,
      most: new Date('2024-12-31T23:59:59Z'),
      first: 1,
      last: 4,
      all: [1, 2],
      set: [key],
    },
    {
      _id: ids[1],
      total: 7,
      count: 1,
      mean: 7,
      least: 7,
      most: new Date('2023-01-01'),
      first: 3,
      last: 1,
      all: [3],
      set: [],
    },
    {
      _id: ids[2],
      total: 0,
      count: 1,
      mean: 1,
      least: 1,
      most: null,
      first: 4,
      last: null,
      all: [4],
      set: [],
    },
  ]);
});

test('$group: by null, by a missing field, by a document', async () => {
  assert.deepEqual(await run({ $group: { _id: null, n: { $sum: '$n' } } }), [{ _id: null, n: 10 }]);
  const byKey = await run({ $group: { _id: '$key', n: { $sum: 1 } } }, { $sort: { n: 1 } });
  assert.deepEqual(
    byKey.map(({ n }) => n),
    [2, 2],
  );
  const byDoc = await run(
    { $group: { _id: { y: { $year: '$at' }, q: '$none' }, n: { $sum: 1 } } },
    { $sort: { n: -1, _id: 1 } },
  );
  assert.deepEqual(byDoc[0], { _id: { y: 2024 }, n: 2 });
});

test('$unwind: items, with what is empty left out or kept, and with places', async () => {
  assert.deepEqual(await run({ $unwind: '$tags' }, { $project: { _id: 0, n: 1, tags: 1 } }), [
    { n: 1, tags: 'a' },
    { n: 1, tags: 'b' },
    { n: 2, tags: 'b' },
  ]);
  const kept = await run(
    { $unwind: { path: '$tags', preserveNullAndEmptyArrays: true, includeArrayIndex: 'at' } },
    { $project: { _id: 0, n: 1, tags: 1, at: 1 } },
    { $match: { n: { $gte: 2 } } },
  );
  assert.deepEqual(kept, [
    { n: 2, tags: 'b', at: 0 },
    { n: 3, at: null },
    { n: 4, at: null },
  ]);
});

test('$lookup: by field, by pipeline, by both', async () => {
  const from = people.collectionName;
  const byField = await run(
    { $sort: { n: 1 } },
    { $lookup: { from, localField: 'who', foreignField: '_id', as: 'person' } },
    { $project: { _id: 0, 'person.name': 1 } },
  );
  assert.deepEqual(byField, [
    { person: [{ name: 'Ada' }] },
    { person: [{ name: 'Ada' }] },
    { person: [{ name: 'Bob' }] },
    { person: [] },
  ]);
  const byPipeline = await run(
    { $match: { n: { $lte: 2 } } },
    {
      $lookup: {
        from,
        let: { q: '$qty' },
        pipeline: [
          { $match: { $expr: { $gte: ['$$q', { $multiply: ['$level', 2] }] } } },
          { $sort: { name: 1 } },
          { $project: { _id: 0, name: 1 } },
        ],
        as: 'who',
      },
    },
    { $sort: { n: 1 } },
  );
  assert.deepEqual(
    byPipeline.map(({ who }) => who),
    [[{ name: 'Ada' }], [{ name: 'Ada' }, { name: 'Bob' }]],
  );
  const both = await run(
    { $match: { n: 1 } },
    {
      $lookup: {
        from,
        localField: 'who',
        foreignField: '_id',
        pipeline: [{ $project: { _id: 0, level: 1 } }],
        as: 'who',
      },
    },
  );
  assert.deepEqual(both[0]?.who, [{ level: 1 }]);
});

test('stages: $project, $addFields, $unset, $replaceRoot, $count, $sortByCount, $facet, $skip and $limit', async () => {
  assert.deepEqual(
    await run({ $match: { n: 1 } }, { $project: { _id: 0, sum: { $add: ['$price', 1] }, 'a.b': '$n' } }),
    [{ sum: 11, a: { b: 1 } }],
  );
  const added = await run(
    { $match: { n: 4 } },
    { $addFields: { 'nested.list.x': '$n', price: '$$REMOVE', one: 1 } },
    { $unset: ['_id', 'who', 'note'] },
  );
  assert.deepEqual(added, [
    {
      n: 4,
      nested: {
        list: [
          { v: 1, x: 4 },
          { v: 2, x: 4 },
          { w: 3, x: 4 },
        ],
      },
      one: 1,
    },
  ]);
  assert.deepEqual(
    await run(
      { $match: { n: 4 } },
      { $replaceRoot: { newRoot: { $mergeObjects: ['$nested', { n: '$n' }] } } },
    ),
    [{ list: [{ v: 1 }, { v: 2 }, { w: 3 }], n: 4 }],
  );
  assert.deepEqual(await run({ $match: { price: { $gt: 2 } } }, { $count: 'all' }), [{ all: 3 }]);
  assert.deepEqual(await run({ $match: { n: 99 } }, { $count: 'all' }), []);
  assert.deepEqual(await run({ $unwind: '$tags' }, { $sortByCount: '$tags' }), [
    { _id: 'b', count: 2 },
    { _id: 'a', count: 1 },
  ]);
  const [facets] = await run({
    $facet: {
      cheap: [{ $match: { price: { $lt: 3 } } }, { $count: 'n' }],
      top: [{ $sort: { price: -1 } }, { $limit: 1 }, { $project: { _id: 0, n: 1 } }],
    },
  });
  assert.deepEqual(facets, { cheap: [{ n: 2 }], top: [{ n: 1 }] });
  const page = await run({ $sort: { n: -1 } }, { $skip: 1 }, { $limit: 2 }, { $project: { n: 1, _id: 0 } });
  assert.deepEqual(page, [{ n: 3 }, { n: 2 }]);
  const reversed = await run(
    { $sort: { n: 1 } },
    { $limit: 3 },
    { $skip: 1 },
    { $project: { n: 1, _id: 0 } },
  );
  assert.deepEqual(reversed, [{ n: 2 }, { n: 3 }]);
});

test('stages: values pass through with their types', async () => {
  const collection = target.collection();
  await collection.insertOne({ d: new Double(3), list: [new Double(1)] });
  const pipeline = [
    { $unwind: '$list' },
    { $group: { _id: '$d', l: { $first: '$list' } } },
    { $addFields: { d: '$_id' } },
  ];
  const [found] = await collection.aggregate(pipeline, { promoteValues: false }).toArray();
  assert.deepEqual(found, { _id: new Double(3), l: new Double(1), d: new Double(3) });
});

test('pipeline: what is not supported or malformed is refused with the code of MongoDB', async () => {
  const codes = await Promise.all(
    [
      [{ $nonsense: {} }],
      [{ $project: { a: { $nonsense: 1 } } }],
      [{ $group: { _id: null, a: { $nonsense: 1 } } }],
    ].map(async (pipeline) => (await refusalOf(sales.aggregate(pipeline).toArray())).code),
  );
  if (target.embedded) assert.deepEqual(codes, [40324, 168, 168]);
  assert.equal((await refusalOf(sales.aggregate([{ $group: {} }]).toArray())).code, 15955);
  const malformed = [
    [{ $limit: 0 }],
    [{ $sort: {} }],
    [{ $match: {}, $sort: {} }],
    [{ $unwind: 'x' }],
    [{ $count: '' }],
  ];
  for (const pipeline of malformed) await refusalOf(sales.aggregate(pipeline as Document[]).toArray());
  const failing = [
    { $divide: ['$n', 0] },
    { $size: '$n' },
    { $year: '$price' },
    { $not: [1, 2] },
    { $in: [1, '$n'] },
  ];
  for (const x of failing) await refusalOf(run({ $project: { x } }));
});

test('pipeline: a collection that is not there is empty', async () => {
  assert.deepEqual(
    await target.db
      .collection('nowhere')
      .aggregate([{ $match: {} }])
      .toArray(),
    [],
  );
});
