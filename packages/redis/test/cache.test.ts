import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Server } from '@tsmicro/stack';
import { type Cache, createCache, openRedis, type Redis } from '../src/index.ts';
import { createNamespace, openTestServer, toOptions } from './test-redis.ts';

let server: Server;
let here: Redis;
let there: Redis;
let namespace: string;
let cache: Cache<string>;
let otherCache: Cache<string>;

before(async () => {
  server = await openTestServer();
  // Nothing hangs here: a busy machine is not to look like a Redis that does.
  const options = { ...toOptions(server), commandTimeoutMs: 5000 };
  [here, there] = await Promise.all([openRedis(options), openRedis(options)]);
});

after(async () => {
  await Promise.all([here.close(), there.close()]);
  await server[Symbol.asyncDispose]();
});

beforeEach(async () => {
  namespace = createNamespace();
  cache = createCache(here, { namespace, ttlSec: 60 });
  otherCache = createCache(there, { namespace, ttlSec: 60 });
  // Each new cache ends the epoch once; here both have done so before the test begins.
  await cache.through('warm', async () => 'up');
  await otherCache.through('warm', async () => 'up');
});

const give = (value: string) => async () => value;
/** Reads what is not cached; when it returns, the value is stored: the second read comes after the filling. */
async function load(from: Cache<string>, key: string, value: string): Promise<void> {
  assert.equal(await from.through(key, give(value)), value);
  assert.equal(await from.through(key, never), value);
}

const never = async (): Promise<string> => assert.fail('this was to come from the cache');

/** A load that began and ends when told to. */
function createSlowLoad(value: string) {
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const load = async () => {
    begun.resolve();
    await gate.promise;
    return value;
  };
  return { load, begun: begun.promise, finish: gate.resolve };
}

test('a value is loaded once and then comes from the cache, in every process', async () => {
  await load(cache, 'k', 'v');
  assert.equal(await otherCache.through('k', never), 'v');
  assert.deepEqual(cache.figures, { hits: 1, misses: 2, bypasses: 0 });
});

test('peek: gives what is there and loads nothing, until it is dropped', async () => {
  assert.equal(await otherCache.peek('k'), undefined);
  await load(cache, 'k', 'v');
  const { hits } = otherCache.figures;
  assert.equal(await otherCache.peek('k'), 'v');
  assert.equal(otherCache.figures.hits, hits + 1);
  await cache.drop('k');
  assert.equal(await otherCache.peek('k'), undefined);
});

test('2000 cold reads at once are one load, however their answers are cut into packets', async () => {
  let loads = 0;
  const load = async () => {
    loads += 1;
    return 'v';
  };
  const values = await Promise.all(Array.from({ length: 2000 }, () => cache.through('k', load)));
  assert.ok(values.every((value) => value === 'v'));
  assert.equal(loads, 1);
});

test('drop: what was loaded before is not seen after, in any process', async () => {
  await load(cache, 'k', 'old');
  await load(cache, 'untouched', 'still');
  await otherCache.drop('k', 'another');
  await load(cache, 'k', 'new');
  assert.equal(await otherCache.through('k', never), 'new');
  assert.equal(await cache.through('untouched', never), 'still');
});

test('drop: a load begun before it is not stored after it', async () => {
  const slow = createSlowLoad('old');
  const reading = cache.through('k', slow.load);
  await slow.begun;
  await otherCache.drop('k');
  slow.finish();
  assert.equal(await reading, 'old');
  assert.equal(await cache.through('k', give('new')), 'new');
  assert.equal(await cache.through('k', never), 'new');
});

test('drop: a read begun after it does not share a load begun before it', async () => {
  const slow = createSlowLoad('old');
  const reading = cache.through('k', slow.load);
  await slow.begun;
  await cache.drop('k');
  assert.equal(await cache.through('k', give('new')), 'new');
  slow.finish();
  await reading;
  assert.equal(await cache.through('k', never), 'new');
});

test('dropAll: nothing of the namespace is seen after, nor stored by a load begun before', async () => {
  await load(cache, 'a', 'old');
  const slow = createSlowLoad('old');
  const reading = cache.through('b', slow.load);
  await slow.begun;
  await otherCache.dropAll();
  slow.finish();
  await reading;
  // The first of these begins the new epoch, in which the second finds its old entry.
  assert.equal(await cache.through('b', give('new b')), 'new b');
  assert.equal(await cache.through('a', give('new a')), 'new a');
});

test('a lost epoch ends every entry', async () => {
  await load(cache, 'k', 'old');
  await here.run((client) => client.del(`${namespace}:epoch`));
  await load(otherCache, 'k', 'new');
  assert.equal(await cache.through('k', never), 'new');
});

test('a load that fails is an error for all who share it, and is not stored', async () => {
  const reason = new Error('no database');
  const gate = Promise.withResolvers<string>();
  let loads = 0;
  const load = async () => {
    loads += 1;
    return await gate.promise;
  };
  const { misses } = cache.figures;
  const reads = Promise.allSettled(Array.from({ length: 5 }, () => cache.through('k', load)));
  const deadline = performance.now() + 2000;
  while (cache.figures.misses < misses + 5) {
    assert.ok(performance.now() < deadline);
    await setImmediate();
  }
  gate.reject(reason);
  for (const read of await reads) assert.equal(read.status === 'rejected' && read.reason, reason);
  assert.equal(loads, 1);
  assert.equal(await cache.through('k', give('v')), 'v');
});
