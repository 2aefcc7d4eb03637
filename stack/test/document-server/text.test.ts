import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Collection, Document } from 'mongodb';
import { openTarget, refusalOf, stagesOf, type Target } from './target.ts';

let target: Target;
let blogs: Collection<Document>;
before(async () => {
  target = await openTarget();
  blogs = target.collection();
  await blogs.createIndex({ title: 'text', description: 'text' }, { weights: { title: 3, description: 1 } });
  await blogs.insertMany([
    { n: 1, title: 'Coffee Shops of Paris', description: 'where to drink it', live: true },
    { n: 2, title: 'Tea', description: 'not coffee at all, said the coffee shop', live: true },
    { n: 3, title: 'Running a shop', description: 'the runner ran', live: false },
    { n: 4, title: 'Café crème', description: "don't ask; self-service", live: true },
    { n: 5, title: 'coffee', live: true },
    { n: 6, title: ['many', 'titles'], description: 7 },
  ]);
});
after(async () => {
  await target[Symbol.asyncDispose]();
});

async function search($search: string, filter: Document = {}): Promise<number[]> {
  const found = await blogs.find({ $text: { $search }, ...filter }).toArray();
  return found.map(({ n }) => n).sort();
}

test('text: any of the words, stemmed, without case, marks and stop words', async () => {
  assert.deepEqual(await search('coffee'), [1, 2, 5]);
  assert.deepEqual(await search('COFFEES paris'), [1, 2, 5]);
  assert.deepEqual(await search('runs'), [3]);
  assert.deepEqual(await search('cafe'), [4]);
  assert.deepEqual(await search('the of where'), []);
  assert.deepEqual(await search('title'), [6]);
  assert.deepEqual(await search('service'), [4]);
  assert.deepEqual(await search('cof'), []);
});

test('text: phrases are wanted whole, negations keep away, a hyphen inside a word is none', async () => {
  assert.deepEqual(await search('"coffee shop"'), [1, 2]);
  assert.deepEqual(await search('shop -coffee'), [3]);
  assert.deepEqual(await search('shop coffee -"coffee shop"'), [3, 5]);
  assert.deepEqual(await search('-coffee'), []);
  assert.deepEqual(await search('tea-paris'), [1, 2]);
});

test('text: other conditions count too', async () => {
  assert.deepEqual(await search('shop', { live: true }), [1, 2]);
  assert.deepEqual(await search('shop', { $and: [{ n: { $gt: 1 } }, { live: true }] }), [2]);
});

test('text: the score is MongoDB’s: weights, repetition, the share of the text, the whole text', async () => {
  const found = await blogs
    .find({ $text: { $search: 'coffee shop' } }, { projection: { n: 1, score: { $meta: 'textScore' } } })
    .sort({ score: { $meta: 'textScore' } })
    .toArray();
  const scores = new Map(found.map(({ n, score }) => [n, score]));
  assert.deepEqual(
    found.map(({ n }) => n),
    [1, 5, 3, 2],
  );
  // Three words: each 3 * (0.5 / 3 + 0.5), for coffee and for shop.
  near(scores.get(1), 2 * 3 * (0.5 / 3 + 0.5));
  near(scores.get(5), 3);
  // coffee, said, coffee, shop: coffee counts 1.5 and half of the text.
  near(scores.get(2), 1.5 * (1 / 4 + 0.5) + (0.5 / 4 + 0.5));
  near(scores.get(3), 3 * (0.5 / 2 + 0.5));
  // A text that is the very term counts a tenth more.
  const [tea] = await blogs
    .find({ $text: { $search: 'teas' } }, { projection: { score: { $meta: 'textScore' } } })
    .toArray();
  near(tea?.score, 3.3);
});

test('text: the index follows updates and deletes, and serves the search', async () => {
  const collection = target.collection();
  await collection.createIndex({ body: 'text' });
  await collection.insertMany([
    { n: 1, body: 'alpha' },
    { n: 2, body: 'alpha beta' },
  ]);
  await collection.updateOne({ n: 1 }, { $set: { body: 'gamma' } });
  const count = (word: string) => collection.countDocuments({ $text: { $search: word } });
  assert.deepEqual([await count('alpha'), await count('gamma')], [1, 1]);
  await collection.deleteOne({ n: 2 });
  assert.deepEqual([await count('alpha'), await count('beta')], [0, 0]);
  assert.ok(!stagesOf(await collection.find({ $text: { $search: 'x' } }).explain()).includes('COLLSCAN'));
});

test('text: a pipeline may begin with a search and carry its score', async () => {
  const found = await blogs
    .aggregate([
      { $match: { $text: { $search: 'coffee' }, live: true } },
      { $sort: { score: { $meta: 'textScore' } } },
      { $project: { _id: 0, n: 1, score: { $meta: 'textScore' } } },
      { $limit: 2 },
    ])
    .toArray();
  assert.deepEqual(
    found.map(({ n }) => n),
    [5, 1],
  );
  near(found[0]?.score, 3);
});

test('text: one index per collection, languages that cannot be stemmed and a search without index are refused', async () => {
  assert.equal((await refusalOf(blogs.createIndex({ other: 'text' }))).code, 67);
  const plain = target.collection();
  await plain.insertOne({});
  assert.equal((await refusalOf(plain.find({ $text: { $search: 'x' } }).toArray())).code, 27);
  assert.equal((await refusalOf(blogs.insertOne({ title: 'x', language: 'klingon' }))).code, 17262);
  const [index] = (await blogs.indexes()).filter(({ name }) => name !== '_id_');
  assert.deepEqual(
    [index?.name, index?.key, index?.weights, index?.default_language],
    ['title_text_description_text', { _fts: 'text', _ftsx: 1 }, { description: 1, title: 3 }, 'english'],
  );
});

test('text: in the language none words stand as they are', async () => {
  const collection = target.collection();
  await collection.createIndex({ body: 'text' }, { default_language: 'none' });
  await collection.insertOne({ body: 'the running man' });
  const count = (word: string) => collection.countDocuments({ $text: { $search: word } });
  assert.deepEqual([await count('the'), await count('run'), await count('running')], [1, 0, 1]);
});

function near(actual: unknown, expected: number): void {
  assert.ok(Math.abs(Number(actual) - expected) < 1e-9, `${String(actual)} is not ${expected}`);
}
