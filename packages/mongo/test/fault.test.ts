import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findPort, type Server, startMongo } from '@tsmicro/stack';
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
  // What is killed here must be ours, whatever server the other tests use.
  delete process.env.MONGO_URL;
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
    assert.ok((await elapsedMs(() => assert.rejects(mongo.health(), isFault))) <= 1300);
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

test('open waits for a server that starts later', async () => {
  await server.stop();
  const waiting = Promise.withResolvers<string>();
  const logger = { info: () => {}, warn: (_: object, message: string) => waiting.resolve(message) };
  const opening = openMongo({
    url: server.url,
    database: 'fault',
    logger,
    signal: AbortSignal.timeout(15_000),
  });
  assert.equal(await waiting.promise, `waiting for MongoDB at ${server.host}:${server.port}`);
  await server.start();
  const startedAt = performance.now();
  await using late = await opening;
  assert.ok(performance.now() - startedAt < 3000);
  await late.health();
});

test('open: the signal ends the wait, and nothing shows the password', async () => {
  const url = `mongodb://user:hush-hush@127.0.0.1:${await findPort()}/x`;
  const lines: string[] = [];
  const note = (fields: object, message: string) => lines.push(message + JSON.stringify(fields));
  const signal = AbortSignal.timeout(1500);
  await assert.rejects(openMongo({ url, signal, logger: { info: note, warn: note } }));
  assert.ok(lines.length > 0);
  assert.doesNotMatch(lines.join(), /hush-hush/);
  for (const wrong of [
    'postgres://user:hush-hush@host/x',
    'mongodb://user:hush-hush@',
    'mongodb://a:hush-hush@h:port/x',
  ]) {
    await assert.rejects(openMongo({ url: wrong }), (error) => {
      assert.ok(error instanceof TypeError && error.cause === undefined);
      assert.doesNotMatch(JSON.stringify(error) + error.stack, /hush-hush/);
      return true;
    });
  }
});

test('close: may be called twice, and ends within its time although the server hangs', async () => {
  const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  const before = sockets();
  const other = await openMongo({ url: server.url, database: 'fault', signal: AbortSignal.timeout(5000) });
  const pending = assert.rejects(
    (async () => {
      server.pause();
      await other.run((limit) => other.collection('notes').findOne({}, limit));
    })(),
    isFault,
  );
  try {
    assert.ok((await elapsedMs(() => Promise.all([other.close(), other.close()]))) < 2500);
    await pending;
    const deadline = performance.now() + 1000;
    while (sockets() > before) {
      assert.ok(performance.now() < deadline, `${sockets() - before} sockets left`);
      await sleep(5);
    }
  } finally {
    server.resume();
  }
  await assert.rejects(other.health(), isFault);
});
