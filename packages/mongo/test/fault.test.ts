import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Server, startMongo } from '@tsmicro/stack';
import {
  createQueryBuilder,
  type Mongo,
  MongoTimeoutError,
  MongoUnavailableError,
  openMongo,
  type QueryBuilder,
} from '../src/index.ts';

let server: Server;
let mongo: Mongo;
let notes: QueryBuilder<{ text: string }>;
/** The time that the request at hand has left. */
const leftMs = new AsyncLocalStorage<number>();

before(async () => {
  server = await startMongo();
  mongo = await openMongo({
    url: server.url,
    database: 'fault',
    maxPoolSize: 3,
    maxWaiting: 5,
    timeLeftMs: () => leftMs.getStore(),
  });
  notes = createQueryBuilder(mongo, 'notes');
  await notes.insertOne({ text: 'kept' });
});

after(async () => {
  await mongo.close();
  await server[Symbol.asyncDispose]();
});

const find = () => notes.findOne({ text: 'kept' });
const isFault = (error: unknown) =>
  error instanceof MongoTimeoutError || error instanceof MongoUnavailableError;

async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** How long until operations succeed again. */
async function recoveryMs(): Promise<number> {
  return await elapsedMs(async () => {
    const deadline = performance.now() + 10_000;
    for (;;) {
      try {
        await find();
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(50);
      }
    }
  });
}

test('a hanging server gives an error within 2.1 s, and all is well within 3 s of its return', async () => {
  server.pause();
  try {
    const times = await Promise.all(
      [
        find,
        find,
        find,
        () => notes.insertOne({ text: 'x' }),
        () => notes.updateOne({}, { $set: { text: 'y' } }),
      ].map((work) => elapsedMs(() => assert.rejects(work(), isFault))),
    );
    assert.ok(Math.max(...times) <= 2300, times.join());
    assert.ok((await elapsedMs(() => assert.rejects(mongo.ping(), isFault))) <= 1300);
  } finally {
    server.resume();
  }
  assert.ok((await recoveryMs()) < 3000);
});

test('deadline: an operation gets what its request has left, and none is started with nothing left', async () => {
  server.pause();
  try {
    const late = () => leftMs.run(100, () => assert.rejects(find(), MongoTimeoutError));
    assert.ok((await elapsedMs(late)) < 500);
  } finally {
    server.resume();
  }
  await recoveryMs();
  await leftMs.run(0, () => assert.rejects(notes.insertOne({ text: 'late' }), MongoTimeoutError));
  assert.equal(await notes.countDocuments({ text: 'late' }), 0);
});

test('the operations that wait for a connection are bounded in number', async () => {
  server.pause();
  const finds = Array.from({ length: 12 }, () => assert.rejects(find(), isFault));
  await assert.rejects(find(), /too many operations wait/).finally(() => server.resume());
  await Promise.allSettled(finds);
  await recoveryMs();
  await Promise.all(Array.from({ length: 8 }, find));
});

test('a killed server is told within 1.2 s, and all is well within 3 s of its return', async () => {
  await find();
  await server.kill();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    assert.ok((await elapsedMs(() => assert.rejects(find(), MongoUnavailableError))) < 1400);
  }
  await server.start();
  assert.ok((await recoveryMs()) < 3000);
  assert.equal((await find())?.text, 'kept');
});
