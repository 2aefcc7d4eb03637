import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { HealthRecord } from '@tsmicro/dependency';
import { createRouter } from '@tsmicro/network';
import { type Dependency, HealthController, Readiness } from '../src/index.ts';

/** A dependency that is as the test says, and counts how often it was asked. */
class Stand implements Dependency {
  readonly record: HealthRecord;
  pings = 0;
  answer: () => Promise<void> = async () => {};

  constructor(name: string, state: 'up' | 'down' = 'up') {
    this.record = new HealthRecord(name, state);
  }

  get health() {
    return this.record.current;
  }

  ping(): Promise<void> {
    this.pings++;
    return this.answer();
  }
}

const database = new Stand('PostgreSQL');
const cache = new Stand('Redis');
const readiness = new Readiness();
readiness.add(database);
readiness.add(cache, { required: false });
const router = createRouter();
let address: string;

before(async () => {
  router.loadControllers([new HealthController(readiness)]);
  address = await router.start({ host: '127.0.0.1', port: 0 });
});
after(() => router.close());

/** What the answers of this test may hold. */
interface Body {
  code: string;
  message: string;
  data: { status: string; timestamp: string; dependencies: Record<string, unknown>[] };
}

async function ask(path: string) {
  const answer = await fetch(address + path);
  const body = (await answer.json()) as Body;
  return { status: answer.status, body, headers: answer.headers };
}

test('/health and /health/live say that the service answers, and ask nobody', async () => {
  const { pings } = database;
  for (const path of ['/health', '/health/live']) {
    const { status, body } = await ask(path);
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body.data), ['timestamp', 'status']);
    assert.equal(body.data.status, 'OK');
    assert.equal(new Date(body.data.timestamp).toISOString(), body.data.timestamp);
  }
  assert.equal(database.pings, pings);
});

test('/health/ready shows every dependency; one that is not required makes it DEGRADED, still 200', async () => {
  const { status, body } = await ask('/health/ready');
  assert.equal(status, 200);
  const since = database.health.since.toISOString();
  assert.deepEqual(body.data, {
    status: 'OK',
    dependencies: [
      { name: 'PostgreSQL', state: 'up', since, required: true },
      { name: 'Redis', state: 'up', since: cache.health.since.toISOString(), required: false },
    ],
  });
  cache.record.note('down');
  const degraded = await ask('/health/ready');
  cache.record.note('up');
  assert.equal(degraded.status, 200);
  assert.equal(degraded.body.data.status, 'DEGRADED');
  assert.equal(degraded.body.data.dependencies[1]?.state, 'down');
});

test('/health/ready without a required dependency is a 503 that names it and since when, with the same data', async () => {
  database.record.note('down');
  const { status, body, headers } = await ask('/health/ready');
  const since = database.health.since.toISOString();
  database.record.note('up');
  assert.equal(status, 503);
  assert.equal(headers.get('retry-after'), '1');
  assert.equal(body.code, '10001');
  assert.equal(body.message, `PostgreSQL is down since ${since}`);
  assert.equal(body.data.status, 'DEGRADED');
  assert.deepEqual(body.data.dependencies[0], { name: 'PostgreSQL', state: 'down', since, required: true });
});

test('dependencies are asked at most once a second, and one that hangs holds no answer up', async () => {
  const fresh = new Stand('Slow');
  const slow = new Readiness();
  slow.add(fresh);
  const hanging = Promise.withResolvers<void>();
  fresh.answer = () => hanging.promise;
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: 100 }, () => slow.report()));
  assert.equal(fresh.pings, 1);
  assert.ok(performance.now() - startedAt < 900);
  hanging.reject(new Error('late'));
  while (fresh.pings === 1) {
    await slow.report();
    assert.ok(performance.now() - startedAt < 3_000);
    await sleep(20);
  }
  assert.ok(performance.now() - startedAt >= 1_000);
});

test('what an answer to the ping shows is in the same report', async () => {
  const back = new Stand('Back', 'down');
  back.answer = async () => back.record.note('up');
  const recovering = new Readiness();
  recovering.add(back);
  assert.equal((await recovering.report()).status, 'OK');
});

test('a service that stops is not ready, whatever its dependencies are', async () => {
  const stopping = new Readiness();
  stopping.add(new Stand('PostgreSQL'));
  stopping.stop();
  await assert.rejects(stopping.report(), { status: 503, message: 'the service is stopping' });
});
