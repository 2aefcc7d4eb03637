import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Collection, type Document, ObjectId, UUID } from 'mongodb';
import { openTarget, type Target } from './target.ts';

const who = new ObjectId();
const key = new UUID();
let target: Target;
let collection: Collection<Document>;
before(async () => {
  target = await openTarget();
  collection = target.collection();
  await collection.insertMany([
    { n: 1, who, price: 10, qty: 2, tags: ['a', 'b'], at: new Date('2024-03-05T07:08:09.010Z'), key },
    { n: 4, nested: { list: [{ v: 1 }, { v: 2 }, { w: 3 }] } },
  ]);
});
after(async () => {
  await target[Symbol.asyncDispose]();
});

/** A branch: written plainly, its field `then` would make the object look like a promise. */
function then(name: 'if' | 'case', condition: unknown, value: unknown, rest: Document = {}): Document {
  return Object.fromEntries([[name, condition], ['then', value], ...Object.entries(rest)]);
}

const at = '$at';
const expressions: readonly (readonly [unknown, unknown])[] = [
  [{ $eq: ['$price', 10] }, true],
  [{ $eq: ['$who', who] }, true],
  [{ $eq: ['$none', null] }, false],
  [{ $gt: ['text', 5] }, true],
  [{ $cmp: ['$qty', 3] }, -1],
  [{ $in: ['$key', [new UUID(), key]] }, true],
  [{ $and: [1, { $not: [false] }] }, true],
  [{ $or: [0, null] }, false],
  [{ $cond: [{ $gte: ['$qty', 2] }, 'many', 'few'] }, 'many'],
  [{ $cond: then('if', '$none', 1, { else: 2 }) }, 2],
  [{ $ifNull: ['$none', 'else'] }, 'else'],
  [{ $switch: { branches: [then('case', { $eq: ['$n', 1] }, 'one')], default: 'other' } }, 'one'],
  [{ $let: { vars: { x: '$qty' }, in: { $multiply: ['$$x', '$$x'] } } }, 4],
  [{ $literal: '$price' }, '$price'],
  [{ $subtract: ['$price', 4] }, 6],
  [{ $divide: ['$price', 4] }, 2.5],
  [{ $mod: ['$price', 4] }, 2],
  [{ $add: ['$none', 1] }, null],
  [{ $abs: -3 }, 3],
  [{ $ceil: 1.2 }, 2],
  [{ $floor: -1.2 }, -2],
  [{ $sqrt: 16 }, 4],
  [{ $arrayElemAt: ['$tags', -1] }, 'b'],
  [{ $concatArrays: ['$tags', ['c']] }, ['a', 'b', 'c']],
  [{ $filter: { input: '$tags', as: 't', cond: { $ne: ['$$t', 'a'] } } }, ['b']],
  [{ $map: { input: [1, 2], as: 'x', in: { $add: ['$$x', '$qty'] } } }, [3, 4]],
  [{ $reduce: { input: [1, 2, 3], initialValue: 0, in: { $add: ['$$value', '$$this'] } } }, 6],
  [{ $first: '$tags' }, 'a'],
  [{ $last: '$tags' }, 'b'],
  [{ $isArray: '$tags' }, true],
  [{ $range: [0, 6, 2] }, [0, 2, 4]],
  [{ $reverseArray: '$tags' }, ['b', 'a']],
  [{ $size: '$tags' }, 2],
  [{ $slice: ['$tags', 1, 1] }, ['b']],
  [{ $sum: '$list' }, 0],
  [{ $max: ['$price', '$qty'] }, 10],
  [{ $min: [[3, 1, 2]] }, 1],
  [{ $sum: ['$n', '$tags'] }, 1],
  [{ $size: ['$tags'] }, 2],
  [{ $not: ['$none'] }, true],
  [{ $year: '$none' }, null],
  [{ $toUpper: '$none' }, ''],
  [{ $and: '$n' }, true],
  [{ $mergeObjects: '$none' }, {}],
  [{ $avg: [1, 2, 'x'] }, 1.5],
  [{ $concat: ['a', '-', 'b'] }, 'a-b'],
  [{ $concat: ['a', null] }, null],
  [{ $toLower: 'ÀB' }, 'Àb'],
  [{ $toUpper: 'ab' }, 'AB'],
  [{ $split: ['a-b', '-'] }, ['a', 'b']],
  [{ $substrCP: ['hello', 1, 3] }, 'ell'],
  [{ $strLenCP: 'naïve' }, 5],
  [{ $strLenBytes: 'naïve' }, 6],
  [{ $trim: { input: '  x ' } }, 'x'],
  [{ $ltrim: { input: 'xxy', chars: 'x' } }, 'y'],
  [{ $replaceOne: { input: 'aa', find: 'a', replacement: 'b' } }, 'ba'],
  [{ $replaceAll: { input: 'a.a', find: '.', replacement: '-' } }, 'a-a'],
  [{ $mergeObjects: [{ a: 1 }, { b: 2 }] }, { a: 1, b: 2 }],
  [{ $objectToArray: { a: 1 } }, [{ k: 'a', v: 1 }]],
  [{ $arrayToObject: [[['a', 1]]] }, { a: 1 }],
  [{ $year: at }, 2024],
  [{ $month: at }, 3],
  [{ $dayOfMonth: at }, 5],
  [{ $dayOfWeek: at }, 3],
  [{ $dayOfYear: at }, 65],
  [{ $hour: at }, 7],
  [{ $minute: at }, 8],
  [{ $second: at }, 9],
  [{ $millisecond: at }, 10],
  [{ $setIsSubset: [['a'], '$tags'] }, true],
  [{ $setDifference: ['$tags', ['a']] }, ['b']],
  [{ $type: '$price' }, 'int'],
  [{ $type: '$none' }, 'missing'],
  ['$$ROOT.n', 1],
  [
    ['$n', '$none'],
    [1, null],
  ],
];

for (const [expression, expected] of expressions) {
  test(`expression: ${JSON.stringify(expression)}`, async () => {
    const [found] = await collection
      .aggregate([{ $match: { n: 1 } }, { $project: { _id: 0, value: expression } }])
      .toArray();
    assert.deepEqual(found, { value: expected });
  });
}

test('expression: a path through an array gives the array of what is there; one that is not there gives no field', async () => {
  const project = { $project: { _id: 0, v: '$nested.list.v', none: '$none.x' } };
  const [found] = await collection.aggregate([{ $match: { n: 4 } }, project]).toArray();
  assert.deepEqual(found, { v: [1, 2] });
});
