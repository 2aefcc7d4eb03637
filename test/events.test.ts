// How soon the stream has what happened, on the whole system with two instances of each service.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { disordered, EventStream, effectsOf, latencyOf, type StoredEvent } from './fault/stream.ts';
import { System } from './system.ts';

/** Of a hundred events 99 are out within this. */
const soonMs = 1_000;
/** A thousand that waited are out this long after NATS came back. */
const caughtUpMs = 10_000;
const parallel = 16;

const opened = new AsyncDisposableStack();
let system: System;
let stream: EventStream;
let token = '';
before(async () => {
  system = opened.use(await System.open('--balanced'));
  stream = opened.use(await EventStream.open((await system.addresses()).nats));
  token = (await system.signIn()).accessToken;
});
after(() => opened.disposeAsync());

/** Makes so many API keys: an event each. @returns their ids */
async function makeKeys(count: number): Promise<string[]> {
  const ids: string[] = [];
  const turns = Array.from({ length: count }).values();
  const work = async () => {
    for (const _ of turns) {
      const body = { permissions: ['GENERAL'] };
      ids.push((await system.data<{ id: string }>('POST', '/auth/apikeys', { token, body })).id);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return ids;
}

/** The events of these keys, once all are there. */
async function eventsOf(ids: readonly string[], withinMs: number): Promise<StoredEvent[]> {
  const wanted = new Set(ids);
  const deadline = performance.now() + withinMs;
  for (;;) {
    // While NATS comes back it does not answer.
    const all = await stream.read().catch(() => []);
    const found = effectsOf(all).filter(({ entity }) => wanted.has(entity));
    if (found.length >= wanted.size) return found;
    assert.ok(performance.now() < deadline, `${found.length} of ${wanted.size} after ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('events: 99 of 100 are out within a second of the change', async (t) => {
  const ids = await makeKeys(300);
  const found = await eventsOf(ids, 30_000);
  const [median = 0, late = 0] = [0.5, 0.99].map((share) => latencyOf(found, share));
  t.diagnostic(`of ${found.length} half in ${median} ms, 99 of 100 in ${late} ms`);
  assert.equal(found.length, ids.length);
  assert.ok(late <= soonMs, `99 of 100 in ${late} ms`);
});

test('events: a thousand that waited for NATS are out within 10 s of its return, each once, in order', async (t) => {
  await system.command('service', 'stop', 'nats');
  let ids: string[];
  let returnedAt: number;
  try {
    ids = await makeKeys(1_000);
    returnedAt = Date.now();
  } finally {
    await system.command('service', 'start', 'nats');
  }
  const found = await eventsOf(ids, caughtUpMs);
  const ms = Math.max(...found.map(({ storedAt }) => storedAt)) - returnedAt;
  t.diagnostic(`the last of ${found.length} is out ${ms} ms after NATS was started again`);
  assert.equal(found.length, ids.length);
  assert.ok(ms <= caughtUpMs, `out after ${ms} ms`);
  assert.deepEqual(disordered(found), []);
});
