import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Server, startRedis } from '@tsmicro/stack';
import { createLimiter, type LimiterOptions, openRedis, type Redis } from '../src/index.ts';
import { createNamespace, toOptions } from './test-redis.ts';

let server: Server;
let redis: Redis;

before(async () => {
  server = await startRedis();
  redis = await openRedis(toOptions(server));
});

after(async () => {
  await redis.close();
  await server[Symbol.asyncDispose]();
});

const open = (options: Partial<LimiterOptions> = {}) =>
  createLimiter(redis, { namespace: createNamespace(), places: 5, windowSec: 60, ...options });

type Limiter = ReturnType<typeof open>;

const takeMany = (count: number, ...limiters: Limiter[]) =>
  Promise.all(Array.from({ length: count }, (_, i) => limiters[i % limiters.length]?.take('ann')));

const countAdmitted = (places: Awaited<ReturnType<typeof takeMany>>) =>
  places.filter((place) => place?.admitted).length;

test('limiter: of many at once as many pass as one after the other, in two processes together', async () => {
  const namespace = createNamespace();
  await using other = await openRedis(toOptions(server));
  const second = createLimiter(other, { namespace, places: 5, windowSec: 60 });
  const places = await takeMany(40, open({ namespace }), second);
  assert.equal(countAdmitted(places), 5);
  for (const place of places) {
    assert.ok(place && place.retryAfterMs > 55_000 && place.retryAfterMs <= 60_000);
  }
  assert.equal((await second.take('bob')).admitted, true);
});

test('limiter: what is given back can be taken again, and refusals take nothing', async () => {
  const limiter = open();
  const places = await takeMany(20, limiter);
  await Promise.all(places.map((place) => place?.giveBack()));
  assert.equal(countAdmitted(await takeMany(20, limiter)), 5);
});

test('limiter: after its time all is free again, and a place of before gives nothing to the next window', async () => {
  const limiter = open({ windowSec: 2 });
  const [first, second] = await takeMany(6, limiter);
  for (let place = second; !place?.admitted || place === second; place = await limiter.take('ann')) {
    await sleep(20);
  }
  await first?.giveBack();
  await second?.giveBack();
  assert.equal(countAdmitted(await takeMany(20, limiter)), 4);
});

test('limiter: with Redis hung or dead each process counts for itself, and waits for it once', async () => {
  for (const end of ['pause', 'kill'] as const) {
    const limiter = open();
    const [lost] = await takeMany(1, limiter);
    await server[end]();
    const began = performance.now();
    assert.equal(countAdmitted(await takeMany(20, limiter)), 5, end);
    await lost?.giveBack();
    assert.equal((await limiter.take('ann')).admitted, false, end);
    assert.ok(performance.now() - began < 1_000, end);
    if (end === 'pause') server.resume();
    else await server.start();
    while (!redis.available) await sleep(5);
  }
});
