import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Server } from '@tsmicro/stack';
import { createCache, openRedis, type Redis } from '../src/index.ts';
import { createNamespace, openTestServer, toOptions } from './test-redis.ts';

let server: Server;
let here: Redis;
const namespace = createNamespace();

before(async () => {
  server = await openTestServer();
  here = await openRedis({ ...toOptions(server), commandTimeoutMs: 5000 });
});

after(async () => {
  await here.close();
  await server[Symbol.asyncDispose]();
});

const give = (value: string) => async () => value;

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

test('as JSON a hit and a miss are the same text', async () => {
  const blogs = createCache<{ title: string }>(here, { namespace: `${namespace}-json`, ttlSec: 60 });
  const load = async () => ({ title: 'Über "x"' });
  const missed = await blogs.throughJson('k', load);
  assert.equal(missed, '{"title":"Über \\"x\\""}');
  assert.equal(await blogs.throughJson('k', async () => ({ title: 'other' })), missed);
  assert.deepEqual(blogs.figures, { hits: 1, misses: 1, bypasses: 0 });
});
