import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Server, startRedis } from '@tsmicro/stack';
import { type Cache, createCache, openRedis, type Redis } from '../src/index.ts';
import { createNamespace, toOptions } from './test-redis.ts';

let dir: string;
let server: Server;
let here: Redis;
let there: Redis;
let namespace: string;
let cache: Cache<string>;
let otherCache: Cache<string>;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cache-fault-'));
  server = await startRedis({ dir: join(dir, 'redis') });
});

after(async () => {
  await server.stop();
  await rm(dir, { recursive: true });
});

beforeEach(async () => {
  // Longer than usual: a busy machine is not to look like a Redis that hangs.
  const options = { ...toOptions(server), commandTimeoutMs: 300 };
  [here, there] = await Promise.all([openRedis(options), openRedis(options)]);
  namespace = createNamespace();
  cache = createCache(here, { namespace, ttlSec: 60 });
  otherCache = createCache(there, { namespace, ttlSec: 60 });
  await otherCache.through('warm', async () => 'up');
  await load(cache, 'old');
  assert.equal(await otherCache.through('k', never), 'old');
});

afterEach(async () => {
  await Promise.all([here.close(), there.close()]);
});

const give = (value: string) => async () => value;
/** Reads what is not cached; when it returns, the value is stored: the second read comes after the filling. */
async function load(from: Cache<string>, value: string): Promise<void> {
  assert.equal(await from.through('k', give(value)), value);
  assert.equal(await from.through('k', never), value);
}

const never = async (): Promise<string> => assert.fail('this was to come from the cache');

async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function until(condition: () => boolean, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    assert.ok(performance.now() < deadline, `not within ${timeoutMs} ms`);
    await sleep(5);
  }
}

test('a hanging Redis costs the first read one time-out and the later ones nothing', async () => {
  server.pause();
  try {
    assert.ok((await elapsedMs(() => cache.through('k', give('v')))) < 700);
    const later = await elapsedMs(async () => {
      for (let read = 0; read < 100; read += 1) await cache.through('k', give('v'));
    });
    assert.ok(later < 2000, `${later} ms for 100 reads`);
  } finally {
    server.resume();
  }
  await until(() => here.available, 2000);
  assert.equal(await cache.through('k', give('v')), 'v');
});

test('a drop in a Redis that hangs is in force when it goes on, in every process', async () => {
  server.pause();
  try {
    assert.ok((await elapsedMs(() => otherCache.drop('k'))) < 900);
    assert.equal(await otherCache.through('k', give('new')), 'new');
  } finally {
    server.resume();
  }
  // From the first moment on, on the connection that never noticed as well as on the new one.
  const deadline = performance.now() + 1000;
  while (performance.now() < deadline) {
    assert.equal(await cache.through('k', give('new')), 'new');
    assert.equal(await otherCache.through('k', give('new')), 'new');
  }
  assert.ok(cache.figures.hits > 0, 'the cache was used again');
});

test('a drop while Redis is down is in force when it is back', async () => {
  await server.kill();
  assert.ok((await elapsedMs(() => otherCache.drop('k'))) < 900);
  assert.equal(await cache.through('k', give('new')), 'new');
  await server.start();
  await until(() => here.available && there.available, 3000);
  await load(cache, 'new');
  assert.equal(await otherCache.through('k', never), 'new');
});

test('a drop finds a Redis that has come back before its own connection has', async () => {
  await server.kill();
  await until(() => !here.available && !there.available, 1000);
  await server.start();
  assert.ok(await here.reach());
  // Not by `load`: the other connection may come back meanwhile, and end what was just stored with the epoch.
  assert.equal(await cache.through('k', give('old')), 'old');
  await otherCache.drop('k');
  assert.equal(await cache.through('k', give('new')), 'new');
});

test('a Redis restored from old data makes no old entry count', async () => {
  const data = join(dir, 'redis');
  const backup = join(dir, 'backup');
  await server.stop();
  await cp(data, backup, { recursive: true });
  await server.start();
  await until(() => here.available && there.available, 3000);
  await load(cache, 'new');
  await server.kill();
  await rm(data, { recursive: true });
  await cp(backup, data, { recursive: true });
  await server.start();
  await until(() => here.available && there.available, 3000);
  const restored = await here.run((client) => client.get(`${namespace}:entry:k`));
  assert.match(restored ?? '', /old/, 'the old entry is in Redis again');
  await load(cache, 'newer');
  assert.equal(await otherCache.through('k', never), 'newer');
});

test('a Redis without memory: a change is seen all the same, in every process', async () => {
  await here.run((client) => client.configSet('maxmemory', '1'));
  try {
    await otherCache.drop('k');
    assert.equal(await cache.through('k', give('new')), 'new');
    assert.equal(await otherCache.through('k', give('newer')), 'newer');
  } finally {
    await here.run((client) => client.configSet('maxmemory', '0'));
  }
});

test('a new cache ends what an earlier process left', async () => {
  const next = createCache<string>(here, { namespace, ttlSec: 60 });
  assert.equal(await next.through('k', give('new')), 'new');
});
