import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Collection, Document, IndexSpecification } from 'mongodb';
import { openTarget, stagesOf, type Target } from './target.ts';

const seed = Number(process.env.SEED ?? 1);
const rounds = Number(process.env.ROUNDS ?? 250);

let target: Target;
let collection: Collection<Document>;
let state = seed;

function random(below: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

function pick<T>(list: readonly [T, ...T[]]): T {
  return list[random(list.length)] ?? list[0];
}

function scalar(): unknown {
  return pick<() => unknown>([
    () => random(4),
    () => random(4) + 0.5,
    () => `s${random(3)}`,
    () => null,
    () => new Date(random(3)),
    () => random(2) === 0,
  ])();
}

function value(): unknown {
  return random(4) === 0 ? Array.from({ length: random(4) }, scalar) : scalar();
}

function document(n: number): Document {
  const made: Document = { n };
  for (const name of ['a', 'b', 'c'])
    if (random(6) > 0) made[name] = name === 'b' ? scalar() : name === 'a' ? value() : scalar();
  const items = () =>
    Array.from({ length: random(3) }, () =>
      random(3) === 0 ? { x: scalar() } : { x: scalar(), y: scalar() },
    );
  if (random(3) > 0) made.d = random(2) === 0 ? items() : { x: scalar(), y: scalar() };
  return made;
}

function condition(): unknown {
  return pick<() => unknown>([
    scalar,
    scalar,
    () => ({ $in: [scalar(), scalar(), scalar()] }),
    () => ({ [pick(['$gt', '$gte', '$lt', '$lte'])]: scalar() }),
    () => ({ $gt: random(3), $lte: random(4) + 1 }),
    () => ({ $ne: scalar() }),
    () => ({ $exists: random(2) === 0 }),
    () => ({ $not: { $gt: scalar() } }),
    () => ({ $all: [scalar(), scalar()] }),
  ])();
}

function filter(): Document {
  const fields = ['a', 'b', 'c', 'd.x', 'd.y'].filter(() => random(5) < 2);
  const made: Document = Object.fromEntries(fields.map((name) => [name, condition()]));
  if (random(8) === 0) made.$and = [{ [pick(['a', 'd.x'])]: condition() }];
  return made;
}

function sort(): [string, 1 | -1][] {
  // Arrays side by side cannot be sorted by.
  const fields = ['b', 'c', ...(random(2) === 0 ? ['a'] : ['d.x', 'd.y'])].filter(() => random(4) === 0);
  return fields.sort(() => random(3) - 1).map((name) => [name, random(2) === 0 ? 1 : -1]);
}

before(async () => {
  target = await openTarget();
  collection = target.collection();
  await collection.insertMany(Array.from({ length: 250 }, (_, n) => document(n)));
  const keys: IndexSpecification[] = [
    { a: 1, n: 1 },
    { b: 1, a: -1, n: 1 },
    { b: -1, c: 1, n: -1 },
    { c: 1, b: 1, a: 1, n: 1 },
    { 'd.x': 1, 'd.y': -1, n: 1 },
    { 'd.y': 1, n: 1 },
    { a: 1, b: -1, c: 1, n: 1 },
    { n: 1 },
  ];
  for (const key of keys) await collection.createIndex(key);
});
after(async () => {
  await target[Symbol.asyncDispose]();
});

test(`plans: ${rounds} queries made up from seed ${seed} find by index what a scan finds, in the same order`, async () => {
  let indexed = 0;
  let sortServed = 0;
  for (let round = 0; round < rounds; round += 1) {
    const query = filter();
    const fields = sort();
    // With the number last every order is the only one, and some index may give it.
    const order: [string, 1 | -1][] = [...fields, ['n', random(2) === 0 ? 1 : -1]];
    const limit = random(3) === 0 ? 5 : 0;
    const shown = JSON.stringify({ query, order, limit });
    const find = (options: Document) => collection.find(query, { projection: { n: 1 }, ...options });
    const numbers = async (options: Document) => (await find(options).toArray()).map(({ n }) => n);
    assert.deepEqual(
      await numbers({ sort: order, limit }),
      await numbers({ sort: order, limit, hint: { $natural: 1 } }),
      shown,
    );
    const all = await numbers({});
    assert.deepEqual(
      all.sort((x, y) => x - y),
      await numbers({ hint: { $natural: 1 } }),
      shown,
    );
    if (!stagesOf(await find({}).explain('queryPlanner')).includes('COLLSCAN')) indexed += 1;
    if (!stagesOf(await find({ sort: order }).explain('queryPlanner')).includes('SORT')) sortServed += 1;
  }
  assert.ok(indexed > rounds / 2, `${indexed} of ${rounds} were served from an index`);
  assert.ok(sortServed > rounds / 10, `${sortServed} of ${rounds} sorts were served from an index`);
});
