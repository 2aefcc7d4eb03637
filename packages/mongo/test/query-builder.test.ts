import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import {
  type Binary,
  createQueryBuilder,
  fromUuidBinary,
  isDuplicateKey,
  ObjectId,
  type QueryBuilder,
  toUuidBinary,
} from '../src/index.ts';
import { openTestMongo, type TestMongo } from './test-mongo.ts';

interface Note {
  slug: string;
  score: number;
  tags: string[];
  author?: Binary;
  text?: string | undefined;
}

let database: TestMongo;
let notes: QueryBuilder<Note>;

before(async () => {
  database = await openTestMongo();
  notes = createQueryBuilder<Note>(database.mongo, 'notes');
  const names = await notes.createIndexes([
    { key: { slug: 1 }, name: 'slug_1', unique: true },
    { key: { score: -1, slug: 1 }, name: 'score_-1_slug_1' },
  ]);
  assert.deepEqual(names, ['slug_1', 'score_-1_slug_1']);
});

after(() => database[Symbol.asyncDispose]());

beforeEach(async () => {
  await notes.deleteMany({});
});

const note = (slug: string, score = 0): Note => ({ slug, score, tags: ['A'] });
const slugs = (found: readonly Note[]) => found.map(({ slug }) => slug);

test('insertOne gives the id and leaves the document as it was', async () => {
  const given = note('a');
  const id = await notes.insertOne(given);
  assert.ok(id instanceof ObjectId);
  assert.deepEqual(given, note('a'));
  assert.deepEqual(await notes.findOne({ _id: id }), { ...given, _id: id });
});

test('a field without a value is left out, not null', async () => {
  const stored = await notes.insertAndRetrieveOne({ ...note('a'), text: undefined });
  assert.ok(!('text' in stored));
});

test('insertAndRetrieveMany gives the documents in their order', async () => {
  const stored = await notes.insertAndRetrieveMany([note('c'), note('a'), note('b')]);
  assert.deepEqual(slugs(stored), ['c', 'a', 'b']);
  assert.equal(await notes.countDocuments({}), 3);
});

test('findOne gives undefined where there is none', async () => {
  assert.equal(await notes.findOne({ slug: 'nowhere' }), undefined);
});

test('findAll sorts and projects, findPaginated counts pages from 1', async () => {
  await notes.insertMany(['a', 'b', 'c', 'd', 'e'].map((slug, score) => note(slug, score)));
  const sort = { score: -1 } as const;
  assert.deepEqual(slugs(await notes.findAll({}, { sort })), ['e', 'd', 'c', 'b', 'a']);
  assert.deepEqual(slugs(await notes.findAll({}, { sort, limit: 2 })), ['e', 'd']);
  const page = (number: number) => notes.findPaginated({}, { page: number, limit: 2 }, { sort });
  assert.deepEqual(slugs(await page(1)), ['e', 'd']);
  assert.deepEqual(slugs(await page(3)), ['a']);
  assert.deepEqual(await page(4), []);
  const [projected] = await notes.findAll({ slug: 'a' }, { projection: { _id: 0, slug: 1 } });
  assert.deepEqual(projected, { slug: 'a' });
});

test('updates tell how many matched and how many changed', async () => {
  await notes.insertMany([note('a', 1), note('b', 1)]);
  assert.deepEqual(await notes.updateOne({ slug: 'a' }, { $set: { score: 2 } }), { matched: 1, modified: 1 });
  assert.deepEqual(await notes.updateOne({ slug: 'a' }, { $set: { score: 2 } }), { matched: 1, modified: 0 });
  assert.deepEqual(await notes.updateMany({}, { $inc: { score: 1 } }), { matched: 2, modified: 2 });
  assert.deepEqual(await notes.updateOne({ slug: 'x' }, { $set: { score: 2 } }), { matched: 0, modified: 0 });
  await notes.updateOne({ slug: 'x' }, { $set: { score: 9 } }, { upsert: true });
  assert.equal((await notes.findOne({ slug: 'x' }))?.score, 9);
});

test('findOneAndUpdate is one step: of many at once each sees another value', async () => {
  await notes.insertOne(note('a', 0));
  const results = await Promise.all(
    Array.from({ length: 20 }, () => notes.findOneAndUpdate({ slug: 'a' }, { $inc: { score: 1 } })),
  );
  const scores = results.map((result) => result?.score ?? 0).sort((a, b) => a - b);
  assert.deepEqual(
    scores,
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
  const old = await notes.findOneAndUpdate(
    { slug: 'a' },
    { $set: { score: 0 } },
    { returnDocument: 'before' },
  );
  assert.equal(old?.score, 20);
  assert.equal(await notes.findOneAndUpdate({ slug: 'x' }, { $set: { score: 0 } }), undefined);
});

test('deletes tell how many are gone, aggregate gives what its pipeline makes', async () => {
  await notes.insertMany([note('a', 1), note('b', 2), note('c', 4)]);
  const pipeline = [{ $match: { score: { $gte: 2 } } }, { $group: { _id: null, sum: { $sum: '$score' } } }];
  assert.deepEqual(await notes.aggregate(pipeline), [{ _id: null, sum: 6 }]);
  assert.equal(await notes.deleteOne({ score: { $gte: 2 } }), 1);
  assert.equal(await notes.deleteMany({}), 2);
  assert.equal(await notes.deleteOne({ slug: 'a' }), 0);
});

test('a duplicate is told by its field, after an insert of many and an update too', async () => {
  await notes.insertMany([note('a'), note('b')]);
  const isSlug = (error: unknown) => isDuplicateKey(error, 'slug') && !isDuplicateKey(error, 'score');
  await assert.rejects(notes.insertOne(note('a')), isSlug);
  await assert.rejects(notes.insertMany([note('c'), note('a')]), isSlug);
  await assert.rejects(notes.insertMany([note('", score: "'), note('", score: "')]), isSlug);
  await assert.rejects(notes.updateOne({ slug: 'b' }, { $set: { slug: 'a' } }), isSlug);
  await assert.rejects(notes.findOneAndUpdate({ slug: 'b' }, { $set: { slug: 'a' } }), isSlug);
  assert.ok(!isDuplicateKey(new Error('E11000 duplicate key')));
});

test('of many inserts of one slug one succeeds', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => notes.insertOne(note('a'))));
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') assert.ok(isDuplicateKey(outcome.reason));
});

test('UUIDs are found by the form they are written in', async () => {
  const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';
  await notes.insertOne({ ...note('a'), author: toUuidBinary(uuid) });
  const found = await notes.findOne({ author: toUuidBinary(uuid) });
  assert.ok(found?.author);
  assert.equal(fromUuidBinary(found.author), uuid);
});

test('a filter with a field that has no value is refused instead of matching everything', async () => {
  await notes.insertMany([note('a'), note('b')]);
  const untyped = createQueryBuilder(database.mongo, 'notes');
  const slug = new Map<string, string>().get('missing');
  const filters = [{ slug }, { slug: { $in: ['a'], $ne: slug } }, { $or: [{ slug: 'a' }, { slug }] }];
  for (const filter of filters) {
    await assert.rejects(untyped.deleteMany(filter), /the filter's field .* has no value/);
  }
  assert.equal(await notes.countDocuments({}), 2);
});

test('an index with the same keys counts, under another name and with other weights', async () => {
  const collection = database.mongo.collection('others');
  await collection.createIndexes([
    { key: { slug: 1 }, name: 'by_hand', unique: true },
    { key: { title: 'text' }, name: 'search', weights: { title: 9 } },
    { key: { score: 1 }, name: 'some', partialFilterExpression: { score: { $gt: 1 } } },
  ]);
  const names = await createQueryBuilder(database.mongo, 'others').createIndexes([
    { key: { slug: 1 }, unique: true },
    { key: { title: 'text', text: 'text' }, weights: { title: 3, text: 1 } },
    { key: { score: 1 } },
    { key: { score: 1, slug: 1 } },
  ]);
  assert.deepEqual(names, ['by_hand', 'search', 'score_1', 'score_1_slug_1']);
  const there = (await collection.indexes()).map(({ name }) => name);
  assert.deepEqual(there.sort(), ['_id_', 'by_hand', 'score_1', 'score_1_slug_1', 'search', 'some']);
});

test('an index that is not unique does not pass for one that is', async () => {
  await database.mongo.collection('common').createIndex({ slug: 1 });
  const common = createQueryBuilder(database.mongo, 'common');
  await assert.rejects(common.createIndexes([{ key: { slug: 1 }, unique: true }]), /slug_1/);
});
