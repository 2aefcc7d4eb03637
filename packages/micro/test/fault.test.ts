import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { type NatsClient, requestNats } from '@tsmicro/micro';
import type { ApiError } from '@tsmicro/network';
import { startNats } from '@tsmicro/stack';
import { spawnInstance } from './child-instance.ts';
import { type Instance, openAsker, openInstance, work } from './counter.ts';

const timeoutMs = 1_000;
/** What the coarse timer, and a machine with other things to do, may add to a deadline. */
const slackMs = 400;

interface Outcome {
  id: string;
  status: number;
  ms: number;
}

/** Asks from `callers` at once, one request after the other each, until told to stop. */
function load(asker: NatsClient, callers: number): { outcomes: Outcome[]; stop: () => Promise<void> } {
  const outcomes: Outcome[] = [];
  let over = false;
  const call = async (caller: number) => {
    for (let i = 0; !over; i++) {
      const id = `${caller}-${i}`;
      const startedAt = performance.now();
      const status = await requestNats(asker, work, { id, ms: 2 }, { timeoutMs }).then(
        () => 200,
        (error: ApiError) => error.status,
      );
      outcomes.push({ id, status, ms: performance.now() - startedAt });
      // While nobody is there refusals come at once.
      if (status !== 200) await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const calls = Array.from({ length: callers }, (_, caller) => call(caller));
  const stop = async () => {
    over = true;
    await Promise.all(calls);
  };
  return { outcomes, stop };
}

const statuses = (outcomes: readonly Outcome[]) => [...new Set(outcomes.map(({ status }) => status))].sort();
const moreThan = async (outcomes: Outcome[], count: number, what: string) => {
  const deadline = performance.now() + 10_000;
  while (outcomes.length < count) {
    assert.ok(performance.now() < deadline, what);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
const goodAfter = (outcomes: Outcome[], from: number) =>
  outcomes.slice(from).filter(({ status }) => status === 200);

async function untilGood(outcomes: Outcome[], from: number, ms: number): Promise<number> {
  const startedAt = performance.now();
  while (goodAfter(outcomes, from).length < 20) {
    assert.ok(performance.now() - startedAt < ms, `answers again within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return performance.now() - startedAt;
}

test('fault: NATS is killed under load; every call ends by its deadline, all goes on by itself, nothing is done twice', async (t) => {
  await using server = await startNats();
  await using instance = await openInstance(server.url);
  await using asker = await openAsker(server.url);
  const { outcomes, stop } = load(asker, 32);
  await moreThan(outcomes, 500, 'load runs');
  for (let round = 0; round < 3; round++) {
    await server.kill();
    await server.start();
    const back = await untilGood(outcomes, outcomes.length, 3_000);
    t.diagnostic(`answers again ${Math.round(back)} ms after NATS was back`);
  }
  await stop();
  const slowest = Math.max(...outcomes.map(({ ms }) => ms));
  t.diagnostic(`${outcomes.length} requests, the slowest took ${Math.round(slowest)} ms`);
  assert.ok(slowest < timeoutMs + slackMs, `${slowest} ms`);
  assert.ok(statuses(outcomes).every((status) => [200, 503, 504].includes(status)));
  assert.equal(asker.requests.pending, 0);
  for (const [id, times] of instance.counter.jobs) assert.equal(times, 1, `${id} was done ${times} times`);
});

test('fault: a call is kept through a short loss of the connection and answered', async () => {
  await using server = await startNats();
  await using instance = await openInstance(server.url);
  await using asker = await openAsker(server.url);
  await asker.connection.flush();
  // The link of the asker alone breaks; the responder keeps its own.
  const answer = requestNats(asker, work, { id: 'kept', ms: 600 }, { timeoutMs: 2_000 });
  await asker.connection.reconnect();
  assert.equal((await answer).id, 'kept');
  assert.equal(instance.counter.jobs.get('kept'), 1);
});

test('fault: the requester is gone before the reply; the service goes on', async () => {
  await using server = await startNats();
  await using instance = await openInstance(server.url);
  const leaver = await openAsker(server.url);
  const lost = assert.rejects(requestNats(leaver, work, { id: 'orphan', ms: 200 }), { status: 503 });
  await leaver.connection.flush();
  await leaver.connection.close();
  await lost;
  await using asker = await openAsker(server.url);
  assert.equal((await requestNats(asker, work, { id: 'next' })).id, 'next');
  assert.equal(instance.counter.jobs.get('orphan'), 1);
});

test('fault: of two instances one is slow; what the other answers is not held up', async (t) => {
  await using server = await startNats();
  await using slow = await openInstance(server.url);
  await using fast = await openInstance(server.url);
  slow.counter.delayMs = 700;
  await using asker = await openAsker(server.url);
  const times = new Map<Instance, number[]>([
    [slow, []],
    [fast, []],
  ]);
  await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      const startedAt = performance.now();
      const { by } = await requestNats(asker, work, { id: `${i}` });
      times.get(by === slow.counter.name ? slow : fast)?.push(performance.now() - startedAt);
    }),
  );
  const ofFast = times.get(fast) ?? [];
  t.diagnostic(
    `${ofFast.length} of 200 by the fast one, the slowest of these in ${Math.round(Math.max(...ofFast))} ms`,
  );
  assert.ok(ofFast.length > 40);
  assert.ok(Math.max(...ofFast) < 500);
});

test('fault: a responder killed in mid-request is a 504 at the deadline; after it nobody is there, a 503 at once', async () => {
  await using server = await startNats();
  await using asker = await openAsker(server.url);
  using child = await spawnInstance(server.url);
  const startedAt = performance.now();
  const cut = requestNats(asker, work, { id: 'cut', ms: 5_000 }, { timeoutMs });
  await asker.connection.flush();
  child.process.kill('SIGKILL');
  await assert.rejects(cut, { status: 504 });
  assert.ok(performance.now() - startedAt < timeoutMs + slackMs);
  const again = performance.now();
  await assert.rejects(requestNats(asker, work, { id: 'again' }), { status: 503 });
  assert.ok(performance.now() - again < 300);
});

test('fault: instances are ended and replaced one after the other under load; no request fails or is done twice', async (t) => {
  await using server = await startNats();
  await using asker = await openAsker(server.url);
  using instances = new DisposableStack();
  const start = async () => instances.use(await spawnInstance(server.url));
  const first = await Promise.all([start(), start()]);
  const { outcomes, stop } = load(asker, 16);
  try {
    await moreThan(outcomes, 200, 'load runs');
    for (const { process: old } of first) {
      await start();
      const endedAt = performance.now();
      old.kill('SIGTERM');
      const [code] = await once(old, 'exit');
      assert.equal(code, 0);
      assert.ok(performance.now() - endedAt < 10_000);
      await moreThan(outcomes, outcomes.length + 200, 'load goes on');
    }
  } finally {
    await stop();
  }
  t.diagnostic(`${outcomes.length} requests`);
  assert.deepEqual(statuses(outcomes), [200]);
});
