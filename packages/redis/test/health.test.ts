import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Operation, OperationChannel } from '@tsmicro/dependency';
import { type Server, startRedis } from '@tsmicro/stack';
import { createCache, createStore, openRedis, type Redis } from '../src/index.ts';
import { toOptions } from './test-redis.ts';

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

async function untilState(state: 'up' | 'down'): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (redis.health.state !== state) {
    assert.ok(performance.now() < deadline, `not ${state} within 5 s`);
    await sleep(5);
  }
}

test('operations: each is told of by its kind, and no heartbeat among them', async () => {
  const told: Operation[] = [];
  const end = new OperationChannel<Operation>('redis').subscribe({
    onEnd: (operation) => told.push(operation),
  });
  const store = createStore(redis, 'health');
  await store.setText('k', 'v', 60);
  await store.getText('k');
  await store.delete('k');
  await assert.rejects(redis.run((client) => client.sendCommand(['NOSUCHCOMMAND'])));
  end();
  await store.getText('k');
  assert.deepEqual(
    told.map(({ name, error }) => [name, error !== undefined]),
    [
      ['set', false],
      ['get', false],
      ['del', false],
      ['command', true],
    ],
  );
  assert.ok(told.every(({ durationMs }) => durationMs !== undefined && durationMs > 0 && durationMs < 2_000));
});

test('caches: each shows how its reads ended, under its name', async () => {
  const cache = createCache<string>(redis, { namespace: 'shown', ttlSec: 60 });
  await cache.through('k', async () => 'v');
  await cache.through('k', async () => 'v');
  const shown = redis.caches.find(({ namespace }) => namespace === 'shown');
  assert.equal(shown && shown.figures.hits + shown.figures.misses + shown.figures.bypasses, 2);
});

test('health: follows what the connection meets, without being asked', async () => {
  await untilState('up');
  const { since, name } = redis.health;
  assert.equal(name, 'Redis');
  server.pause();
  try {
    await untilState('down');
  } finally {
    server.resume();
  }
  await untilState('up');
  assert.ok(redis.health.since > since);
});
