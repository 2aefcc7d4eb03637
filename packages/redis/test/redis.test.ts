import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { findPort, type Server, startRedis } from '@tsmicro/stack';
import {
  createStore,
  openRedis,
  type Redis,
  RedisTimeoutError,
  RedisUnavailableError,
  type Store,
} from '../src/index.ts';
import { createNamespace, toOptions } from './test-redis.ts';

let server: Server;
let redis: Redis;
let store: Store;

before(async () => {
  server = await startRedis();
  redis = await openRedis(toOptions(server));
  store = createStore(redis, createNamespace());
});

after(async () => {
  await redis.close();
  await server[Symbol.asyncDispose]();
});

async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function untilAvailable(): Promise<void> {
  while (!redis.available) await sleep(5);
}

test('open returns at once although Redis is away, and commands fail at once', async () => {
  const nowhere = { host: '127.0.0.1', port: await findPort() };
  const startedAt = performance.now();
  await using away = await openRedis(nowhere);
  assert.ok(performance.now() - startedAt < 400);
  assert.equal(away.available, false);
  const command = () =>
    assert.rejects(
      away.run((client) => client.get('k')),
      RedisUnavailableError,
    );
  assert.ok((await elapsedMs(command)) < 90);
});

test('store: texts and JSON live as long as they were given, and a bad value is a miss', async () => {
  assert.equal(await store.setText('t', 'text', 60), true);
  assert.equal(await store.getText('t'), 'text');
  assert.equal(await store.setJson('j', { a: [1, null] }, 60), true);
  assert.deepEqual(await store.getJson('j', (value) => value), { a: [1, null] });
  assert.equal(await store.getJson('t', (value) => value), undefined);
  assert.equal(await store.getJson('missing', (value) => value), undefined);
  assert.equal(await store.delete('t', 'j'), true);
  assert.equal(await store.getText('t'), undefined);
  await store.setText('short', 'lived', 0.05);
  const deadline = performance.now() + 2000;
  while ((await store.getText('short')) !== undefined) assert.ok(performance.now() < deadline);
});

test('a command that Redis refuses is its own error and no outage', async () => {
  await store.setText('text', 'x', 60);
  await assert.rejects(
    redis.run((client) => client.sendCommand(['NOSUCHCOMMAND'])),
    /unknown command/,
  );
  assert.equal(redis.available, true);
});

test('a hanging Redis: 100 ms, then it counts as away until it answers again, within 2 s', async () => {
  server.pause();
  try {
    const first = elapsedMs(() =>
      assert.rejects(
        redis.run((client) => client.get('k')),
        RedisTimeoutError,
      ),
    );
    assert.ok((await first) < 400);
    assert.equal(redis.available, false);
    const later = elapsedMs(async () => {
      for (let command = 0; command < 50; command += 1) {
        await assert.rejects(
          redis.run((client) => client.get('k')),
          RedisUnavailableError,
        );
      }
    });
    assert.ok((await later) < 1000, '50 commands');
    assert.equal(await store.getText('k'), undefined);
    assert.equal(await store.setText('k', 'v', 60), false);
    assert.equal(await store.delete('k'), false);
  } finally {
    server.resume();
  }
  assert.ok((await elapsedMs(untilAvailable)) < 2000);
  await redis.ping();
});

test('a hanging Redis is noticed by a process that asks it nothing', async () => {
  server.pause();
  try {
    const deadline = performance.now() + 1000;
    while (redis.available) {
      assert.ok(performance.now() < deadline);
      await sleep(5);
    }
  } finally {
    server.resume();
  }
  await untilAvailable();
});

test('a killed Redis: commands under way fail at once, and all is well within 2 s of its return', async () => {
  await untilAvailable();
  server.pause();
  const pending = redis.run((client) => client.get('k'));
  const failed = elapsedMs(() =>
    assert.rejects(pending, (error) => error instanceof Error && 'fault' in error),
  );
  await server.kill();
  assert.ok((await failed) < 500);
  await server.start();
  assert.ok((await elapsedMs(untilAvailable)) < 2000);
  assert.equal(await store.setText('k', 'v', 60), true);
});

test('a pause of this process is not held against Redis', async () => {
  const command = redis.run((client) => client.ping());
  // The client writes in the check phase; its answer comes while this process is busy.
  await setImmediate();
  const busyUntil = performance.now() + 250;
  while (performance.now() < busyUntil);
  assert.equal(await command, 'PONG');
  assert.equal(redis.available, true);
});

test('logs tell of the coming and going once each, and never the password', async () => {
  const lines: string[] = [];
  const note = (fields: object, message: string) => lines.push(message + JSON.stringify(fields));
  const options = { ...toOptions(server), password: 'hush-hush', logger: { info: note, warn: note } };
  await redis.run((client) => client.configSet('requirepass', 'another'));
  await using refused = await openRedis(options);
  await refused.reach();
  assert.equal(refused.available, false);
  assert.equal(lines.length, 1, lines.join());
  await redis.run((client) => client.configSet('requirepass', ''));
  while (!refused.available) await refused.reach();
  assert.equal(lines.length, 2, lines.join());
  assert.doesNotMatch(lines.join(), /hush-hush/);
});

test('close: may be called twice, and commands fail afterwards', async () => {
  const other = await openRedis(toOptions(server));
  await Promise.all([other.close(), other.close()]);
  await assert.rejects(
    other.run((client) => client.ping()),
    RedisUnavailableError,
  );
  assert.equal(await other.reach(), false);
});
