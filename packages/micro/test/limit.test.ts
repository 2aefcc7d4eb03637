import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { requestNats } from '@tsmicro/micro';
import { ApiError } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { type Server, startNats } from '@tsmicro/stack';
import { endless, type Instance, narrow, openAsker, openInstance, work, wrong } from './counter.ts';

let server: Server;
let instance: Instance;
before(async () => {
  server = await startNats();
  instance = await openInstance(server.url);
});
after(async () => {
  await instance[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const figuresOf = (subject: string) => {
  const figures = instance.router.figures.find((known) => known.subject === subject);
  assert.ok(figures);
  return figures;
};
const statusOf = (error: unknown) => (error as ApiError).status;

test('limits: one runs, as many as may wait do, the rest is refused at once', async () => {
  await using asker = await openAsker(server.url);
  const asked = Array.from({ length: 8 }, (_, i) => {
    const startedAt = performance.now();
    return requestNats(asker, narrow, { id: `n${i}`, ms: 150 }).then(
      () => ({ status: 200, ms: performance.now() - startedAt }),
      (error) => ({ status: statusOf(error), ms: performance.now() - startedAt }),
    );
  });
  const answers = await Promise.all(asked);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 503, 503, 503, 503, 503],
  );
  assert.ok(answers.slice(3).every(({ ms }) => ms < 120));
  assert.equal(figuresOf(narrow.subject).refused, 5);
  assert.equal(instance.counter.jobs.has('n3'), false);
});

test('limits: a request whose time runs out while it waits is dropped unhandled, and counted', async () => {
  await using asker = await openAsker(server.url);
  const first = requestNats(asker, narrow, { id: 'holds', ms: 400 });
  await assert.rejects(requestNats(asker, narrow, { id: 'expires' }, { timeoutMs: 100 }), { status: 504 });
  await first;
  await requestNats(asker, narrow, { id: 'next' });
  assert.equal(instance.counter.jobs.has('expires'), false);
  assert.equal(figuresOf(narrow.subject).expired, 1);
  assert.equal(asker.requests.expired, 1);
});

test('limits: a handler that never ends is a 504 at the deadline, hears of it, and blocks nobody', async () => {
  await using asker = await openAsker(server.url);
  const hanging = Array.from({ length: 300 }, (_, i) =>
    requestNats(asker, endless, { id: `${i}` }, { timeoutMs: 300 }),
  );
  const ended = await Promise.allSettled(hanging);
  for (const outcome of ended) assert.equal(outcome.status === 'rejected' && statusOf(outcome.reason), 504);
  await assert.rejects(requestNats(asker, endless, { id: 'after' }, { timeoutMs: 200 }), { status: 504 });
  const context = instance.counter.contexts.at(-1);
  assert.ok(context);
  if (!context.signal.aborted) await once(context.signal, 'abort');
  assert.ok(context.signal.reason instanceof ApiError && context.signal.reason.status === 504);
  // Its place is given free by the coarse timer, a moment after the signal.
  const giveUpAt = performance.now() + 500;
  while (figuresOf(endless.subject).running > 0 && performance.now() < giveUpAt) await setImmediate();
  const { running, overdue } = figuresOf(endless.subject);
  assert.equal(running, 0);
  assert.ok(overdue > 256, `${overdue} overdue`);
  assert.equal((await requestNats(asker, work, { id: 'lives' })).id, 'lives');
});

test('limits: a requester has a bound on what it waits for; one more is a 503 at once', async () => {
  await using asker = await openAsker(server.url, 'bounded', { maxPending: 3 });
  const waiting = [1, 2, 3].map((i) => requestNats(asker, work, { id: `p${i}`, ms: 200 }));
  await assert.rejects(requestNats(asker, work, { id: 'p4' }), { status: 503, retryable: true });
  assert.equal(asker.requests.pending, 3);
  assert.equal(asker.requests.refused, 1);
  await Promise.all(waiting);
  assert.equal((await requestNats(asker, work, { id: 'p5' })).id, 'p5');
});

test('limits: ten thousand requests at once all end: well, or refused by a 503, or by their deadline', async (t) => {
  await using asker = await openAsker(server.url);
  const startedAt = performance.now();
  const outcomes = await Promise.allSettled(
    Array.from({ length: 10_000 }, (_, i) => requestNats(asker, work, { id: `t${i}` })),
  );
  const ms = performance.now() - startedAt;
  const count = (wanted: number) =>
    outcomes.filter((outcome) => outcome.status === 'rejected' && statusOf(outcome.reason) === wanted).length;
  const good = outcomes.filter(({ status }) => status === 'fulfilled').length;
  t.diagnostic(`${good} answered, ${count(503)} refused, ${count(504)} too late, in ${Math.round(ms)} ms`);
  assert.equal(good + count(503) + count(504), 10_000);
  assert.ok(good > 1_000, `${good} good answers`);
  assert.ok(ms < asker.timeoutMs + 1_000, `${ms} ms`);
  assert.equal(asker.requests.pending, 0);
  assert.equal((await requestNats(asker, work, { id: 'afterwards' })).id, 'afterwards');
});

test('endpoint: what is thrown, rejected, or returned against the schema is a 500 without a word of the cause', async () => {
  await using asker = await openAsker(server.url);
  for (const text of ['throw', 'reject', 'nothing']) {
    await assert.rejects(requestNats(asker, wrong, { id: 'x', text }), {
      status: 500,
      message: 'something went wrong',
    });
  }
});

test('endpoint: a reply or a request larger than a message may be is a 500, and the connection lives', async () => {
  await using asker = await openAsker(server.url);
  await assert.rejects(requestNats(asker, wrong, { id: 'x', text: 'large' }), { status: 500 });
  const text = 'x'.repeat(2 * 1024 * 1024);
  await assert.rejects(requestNats(asker, work, { id: 'large', text }), { status: 500 });
  assert.equal(instance.counter.jobs.has('large'), false);
  assert.equal((await requestNats(asker, work, { id: 'small', text: 'x' })).text, 'x');
});

test('endpoint: an empty message is a 400, and one that wants no reply gets none', async () => {
  await using asker = await openAsker(server.url);
  const reply = await asker.connection.request(work.subject, '');
  assert.match(reply.string(), /^\{"error":"400:/);
  asker.connection.publish(work.subject, JSON.stringify({ data: { id: 'quiet' } }));
  asker.connection.publish(work.subject, 'rubbish');
  assert.equal((await requestNats(asker, work, { id: 'loud' })).id, 'loud');
  assert.equal(instance.counter.jobs.get('quiet'), 1);
});

test('error: field errors and what is worth another try are the same on the far side', async () => {
  await using asker = await openAsker(server.url);
  const invalid = await requestNats(asker, wrong, { id: 'x', text: 'fields' }).catch((error) => error);
  assert.ok(invalid instanceof ApiError);
  assert.deepEqual(invalid.fields, [{ field: 'größe', message: 'größe must be min 1' }]);
  assert.equal(invalid.message, 'größe must be min 1');
  assert.equal(invalid.retryable, false);
  const careless = { ...work, request: Type.Object({ ms: Type.Optional(Type.String()) }) };
  const refused = await requestNats(asker, careless, { ms: 'long' }).catch((error) => error);
  assert.deepEqual(refused.fields, [
    { field: 'id', message: 'id is required' },
    { field: 'ms', message: 'ms is invalid' },
  ]);
  assert.equal(refused.message, 'id is required, ms is invalid');
  const busy = await requestNats(asker, wrong, { id: 'x', text: 'busy' }).catch((error) => error);
  assert.equal(statusOf(busy), 429);
  assert.equal(busy.retryAfterSec, 17);
});

test('request: data that breaks the contract is a fault of the asker, and is not sent', async () => {
  await using asker = await openAsker(server.url);
  await assert.rejects(requestNats(asker, work, {} as never), { status: 500 });
});
