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
  here = await openRedis(toOptions(server));
  there = await openRedis(toOptions(server));
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

test('null is stored, undefined is not', async () => {
  const nulls = createCache<string | null>(here, { namespace: `${namespace}-null`, ttlSec: 60 });
  await nulls.through('k', async () => null);
  assert.equal(await nulls.through('k', give('other')), null);
  const gaps = createCache<string | undefined>(here, { namespace: `${namespace}-gap`, ttlSec: 60 });
  assert.equal(await gaps.through('k', async () => undefined), undefined);
  assert.equal(await gaps.through('k', give('other')), 'other');
});

test('parse types what comes from the cache; what it refuses is loaded anew', async () => {
  const parse = (value: unknown) => {
    if (typeof value !== 'string') throw new TypeError('not a date');
    return new Date(value);
  };
  const dates = createCache<Date>(here, { namespace: `${namespace}-date`, ttlSec: 60, parse });
  const noon = new Date('2026-01-02T12:00:00Z');
  await dates.through('k', async () => noon);
  assert.deepEqual(await dates.through('k', async () => new Date(0)), noon);
  const numbers = createCache<number>(here, { namespace: `${namespace}-date`, ttlSec: 60 });
  await numbers.through('n', async () => 7);
  assert.deepEqual(await dates.through('n', async () => noon), noon);
});

test('life times are jittered and never longer than asked for', async () => {
  const short = createCache<string>(here, { namespace: `${namespace}-ttl`, ttlSec: 100, jitter: 0.5 });
  const keys = Array.from({ length: 30 }, (_, number) => `k${number}`);
  for (const key of keys) await short.through(key, give('v'));
  const lives = await Promise.all(
    keys.map((key) => here.run((client) => client.pTTL(`${namespace}-ttl:entry:${key}`))),
  );
  assert.ok(
    lives.every((life) => life > 49_000 && life <= 100_000),
    lives.join(),
  );
  assert.ok(Math.max(...lives) - Math.min(...lives) > 10_000, lives.join());
});
