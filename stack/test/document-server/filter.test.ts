import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Collection, Document } from 'mongodb';
import { openTarget, refusalOf, type Target } from './target.ts';

let target: Target;
let collection: Collection<Document>;
before(async () => {
  target = await openTarget();
  collection = target.collection();
  await collection.insertMany([
    { n: 1, name: 'Ada', age: 36, tags: ['A', 'B'], address: { city: 'London' }, at: new Date(1000) },
    { n: 2, name: 'Bob', age: 20, tags: ['B'], address: { city: 'Paris' }, at: new Date(2000) },
    {
      n: 3,
      name: 'Cy',
      age: 20.5,
      tags: [],
      scores: [3, 8],
      list: [
        { k: 'x', v: 1 },
        { k: 'y', v: 9 },
      ],
    },
    { n: 4, name: 'Di', tags: 'B', scores: [9, 1], list: [{ k: 'x', v: 9 }], nested: [[1, 2], [3]] },
    {
      n: 5,
      name: 'Ed',
      age: null,
      scores: 5,
      list: [{ k: 'z' }],
      address: [{ city: 'Rome' }, { city: 'Oslo' }],
    },
  ]);
});
after(async () => {
  await target[Symbol.asyncDispose]();
});

const cases: readonly (readonly [string, Document, number[]])[] = [
  ['equality enters arrays', { tags: 'B' }, [1, 2, 4]],
  ['an array equals the same array, and an item that is one', { tags: ['A', 'B'] }, [1]],
  ['an array inside an array', { nested: [3] }, [4]],
  ['a dotted path enters documents', { 'address.city': 'Paris' }, [2]],
  ['a dotted path enters arrays of documents', { 'address.city': 'Oslo' }, [5]],
  ['a number in a path is a place', { 'tags.1': 'B' }, [1]],
  ['a place, then a field', { 'list.1.v': 9 }, [3]],
  ['a document equals field by field', { address: { city: 'London' } }, [1]],
  ['$gt and $lte', { age: { $gt: 20, $lte: 36 } }, [1, 3]],
  ['two bounds on an array may be met by two items', { scores: { $gt: 5, $lt: 4 } }, [3, 4]],
  ['$elemMatch wants one item to meet both', { scores: { $elemMatch: { $gt: 5, $lt: 9 } } }, [3]],
  ['$elemMatch on documents', { list: { $elemMatch: { k: 'x', v: { $gt: 5 } } } }, [4]],
  ['fields of an array may be met by two items', { 'list.k': 'x', 'list.v': 9 }, [3, 4]],
  ['$in with a regular expression', { name: { $in: [/^a/i, 'Ed'] } }, [1, 5]],
  ['$nin', { name: { $nin: ['Ada', 'Bob'] }, n: { $lt: 5 } }, [3, 4]],
  ['$ne denies every item', { tags: { $ne: 'B' } }, [3, 5]],
  ['$not of a range passes what is missing', { age: { $not: { $gte: 20 } } }, [4, 5]],
  [
    '$not denies both bounds together, each met by any item',
    { scores: { $not: { $gt: 5, $lt: 4 } } },
    [1, 2, 5],
  ],
  ['$not of a regular expression', { name: { $not: /^[AB]/ } }, [3, 4, 5]],
  ['$exists', { age: { $exists: true } }, [1, 2, 3, 5]],
  ['$exists on an empty array', { tags: { $exists: true } }, [1, 2, 3, 4]],
  ['$type by name', { age: { $type: 'double' } }, [3]],
  ['$type number', { age: { $type: 'number' } }, [1, 2, 3]],
  ['$type array', { tags: { $type: 'array' } }, [1, 2, 3]],
  ['$type date', { at: { $type: 'date' } }, [1, 2]],
  ['$size', { tags: { $size: 2 } }, [1]],
  ['$all', { tags: { $all: ['B', 'A'] } }, [1]],
  ['$all of one on a scalar', { tags: { $all: ['B'] } }, [1, 2, 4]],
  ['$all of values in different documents', { 'list.k': { $all: ['x', 'y'] } }, [3]],
  ['$not of $all', { tags: { $not: { $all: ['A', 'B'] } } }, [2, 3, 4, 5]],
  ['$or of one', { $or: [{ n: 2 }] }, [2]],
  ['$all of nothing', { tags: { $all: [] } }, []],
  ['$all with $elemMatch', { list: { $all: [{ $elemMatch: { v: 1 } }, { $elemMatch: { k: 'y' } }] } }, [3]],
  ['$mod', { n: { $mod: [2, 1] } }, [1, 3, 5]],
  ['$regex with options', { name: { $regex: '^b', $options: 'i' } }, [2]],
  ['$and', { $and: [{ tags: 'B' }, { n: { $gt: 1 } }] }, [2, 4]],
  ['$or', { $or: [{ name: 'Ada' }, { age: null }] }, [1, 4, 5]],
  ['$nor', { $nor: [{ tags: 'B' }, { n: 3 }] }, [5]],
  ['$expr compares fields', { $expr: { $gt: ['$age', { $multiply: ['$n', 10] }] } }, [1]],
  ['dates', { at: { $gte: new Date(1500) } }, [2]],
  ['a long $in', { n: { $in: [9, 8, 7, 6, 5, 4, 10, 11, 12, 13] } }, [4, 5]],
  ['$comment says nothing', { $comment: 'x', n: 1 }, [1]],
  ['$elemMatch with $ne', { scores: { $elemMatch: { $ne: 3 } } }, [3, 4]],
  ['$elemMatch with $not', { scores: { $elemMatch: { $not: { $gte: 3 } } } }, [4]],
];

for (const [name, filter, expected] of cases) {
  test(`filter: ${name}`, async () => {
    const found = await collection.find(filter, { sort: { n: 1 } }).toArray();
    assert.deepEqual(
      found.map(({ n }) => n),
      expected,
    );
    assert.equal(await collection.countDocuments(filter), expected.length);
  });
}

test('filter: what is malformed is refused with the code of MongoDB', async () => {
  const refusals: readonly (readonly [Document, number])[] = [
    [{ a: { $foo: 1 } }, 2],
    [{ $foo: 1 }, 2],
    [{ $and: [] }, 2],
    [{ $or: {} }, 2],
    [{ a: { $in: 1 } }, 2],
    [{ a: { $size: -1 } }, 2],
    [{ a: { $elemMatch: 1 } }, 2],
    [{ a: { $mod: [0, 1] } }, 2],
    [{ a: { $regex: '(' } }, 51091],
    [{ $text: { $search: 'x' } }, 27],
    [{ $expr: { $foo: 1 } }, 168],
  ];
  for (const [filter, code] of refusals) {
    const refusal = await refusalOf(collection.find(filter).toArray());
    assert.equal(refusal.code, code, JSON.stringify(filter));
  }
});

test('projection: inclusion, exclusion, nested fields, $slice, $elemMatch, the positional $ and expressions', async () => {
  const one = async (filter: Document, projection: Document): Promise<Document | null> =>
    await collection.findOne(filter, { projection: { _id: 0, ...projection } });
  assert.deepEqual(await one({ n: 2 }, { name: 1, age: 1 }), { name: 'Bob', age: 20 });
  assert.deepEqual(await one({ n: 2 }, { at: 0, tags: 0, address: 0 }), { n: 2, name: 'Bob', age: 20 });
  assert.deepEqual(await one({ n: 3 }, { 'list.k': 1 }), { list: [{ k: 'x' }, { k: 'y' }] });
  assert.deepEqual(await one({ n: 3 }, { list: { v: 1 }, n: 1 }), { n: 3, list: [{ v: 1 }, { v: 9 }] });
  assert.deepEqual(await one({ n: 4 }, { 'list.k': 0, nested: 0, tags: 0 }), {
    n: 4,
    name: 'Di',
    scores: [9, 1],
    list: [{ v: 9 }],
  });
  assert.deepEqual(await one({ n: 3 }, { scores: { $slice: -1 }, n: 1 }), { n: 3, scores: [8] });
  assert.deepEqual(await one({ n: 3 }, { list: { $elemMatch: { v: 9 } } }), { list: [{ k: 'y', v: 9 }] });
  assert.deepEqual(await one({ n: 3, 'list.k': 'y' }, { 'list.$': 1 }), { list: [{ k: 'y', v: 9 }] });
  assert.deepEqual(await one({ n: 1 }, { n: 1, city: '$address.city', next: { $add: ['$n', 1] } }), {
    n: 1,
    city: 'London',
    next: 2,
  });
  assert.equal((await refusalOf(collection.find({}, { projection: { a: 1, b: 0 } }).toArray())).code, 31254);
  assert.equal((await refusalOf(collection.find({}, { projection: { a: 0, b: 1 } }).toArray())).code, 31253);
  const collisions: readonly (readonly [Document, number])[] = [
    [{ a: 1, 'a.b': 1 }, 31249],
    [{ 'a.b': 1, 'a.b.c.d': 1 }, 31249],
    [{ 'a.b': 1, a: 1 }, 31250],
    [{ a: { b: 1 }, 'a.b': 1 }, 31250],
  ];
  for (const [projection, code] of collisions) {
    const name = JSON.stringify(projection);
    assert.equal((await refusalOf(collection.find({}, { projection }).toArray())).code, code, name);
    const pipeline = [{ $project: projection }];
    assert.equal((await refusalOf(collection.aggregate(pipeline).toArray())).code, code, name);
  }
});

test('distinct: the items of arrays count one by one', async () => {
  assert.deepEqual(await collection.distinct('tags'), ['A', 'B']);
  assert.deepEqual(await collection.distinct('address.city', { n: { $lt: 5 } }), ['London', 'Paris']);
});

test('sort: of an array the least counts upward, the greatest downward; ties go to the next field', async () => {
  const sorted = async (sort: Document): Promise<number[]> =>
    (
      await collection
        .find({ scores: { $exists: true } })
        .sort(sort as never)
        .toArray()
    ).map(({ n }) => n);
  assert.deepEqual(await sorted({ scores: 1 }), [4, 3, 5]);
  assert.deepEqual(await sorted({ scores: -1 }), [4, 3, 5]);
  assert.deepEqual(await sorted({ 'list.k': 1, n: -1 }), [4, 3, 5]);
});
