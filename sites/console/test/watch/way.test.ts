import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceBook } from '../../src/watch/slow/trace-book.ts';
import { assembleTrace, type ToldSpan } from '../../src/watch/slow/way.ts';

const span = (id: string, parentId: string | undefined, more: Partial<ToldSpan> = {}): ToldSpan => ({
  id,
  ...(parentId === undefined ? {} : { parentId }),
  service: 'blog',
  instance: 'blog-1',
  kind: 'mongo',
  name: id,
  startedAt: 1_000,
  durationMs: 1,
  outcome: 'ok',
  ...more,
});
const root = span('root', undefined, {
  service: 'gateway',
  instance: 'gateway-1',
  kind: 'http.server',
  durationMs: 100,
  status: 200,
});
const sent = span('sent', 'root', {
  ...root,
  id: 'sent',
  parentId: 'root',
  kind: 'http.client',
  startedAt: 1_010,
  durationMs: 80,
});

test('way: each span stands after its cause, in the order of their starts, whatever order they come in', () => {
  const trace = assembleTrace('t', [
    span('second', 'answer', { startedAt: 1_030 }),
    span('first', 'answer', { startedAt: 1_025 }),
    span('answer', 'sent', { kind: 'http.server', startedAt: 1_020, durationMs: 50 }),
    sent,
    root,
  ]);
  assert.deepEqual(
    trace?.spans.map(({ id, startMs }) => [id, startMs]),
    [
      ['root', 0],
      ['sent', 10],
      ['answer', 20],
      ['first', 25],
      ['second', 30],
    ],
  );
  assert.deepEqual([trace?.name, trace?.durationMs, trace?.status], ['root', 100, 200]);
});

test('way: a machine whose clock is wrong is put into the middle of the question, with all that it did', () => {
  const trace = assembleTrace('t', [
    root,
    sent,
    span('answer', 'sent', { kind: 'http.server', startedAt: 50_000, durationMs: 40 }),
    span('find', 'answer', { startedAt: 50_005 }),
  ]);
  assert.deepEqual(
    trace?.spans.slice(2).map(({ startMs }) => startMs),
    [30, 35],
  );
});

test('way: what an event sets off later stays where it was', () => {
  const trace = assembleTrace('t', [
    root,
    span('told', 'root', { kind: 'nats.server', instance: 'auth-1', startedAt: 1_500 }),
  ]);
  assert.equal(trace?.spans[1]?.startMs, 500);
});

test('way: without its beginning the rest is shown, and nothing for nothing', () => {
  assert.equal(assembleTrace('t', []), undefined);
  const trace = assembleTrace('t', [span('find', 'answer'), span('answer', 'lost', { kind: 'http.server' })]);
  assert.deepEqual(
    trace?.spans.map(({ id }) => id),
    ['answer', 'find'],
  );
});

test('way: the book keeps what is slow, and lets quick ones and its own go', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  const book = new TraceBook((service) => service === 'console');
  const told = (id: string, service: string) =>
    book.add(service, {
      instance: service,
      spans: [{ ...root, traceId: id, id, kind: 'http.server', startedAt: Date.now() }],
    });
  const note = (id: string, durationMs: number, service = 'blog') => {
    assert.equal(book.note(id, durationMs), true);
    told(id, service);
  };
  note('slowest', 4_000);
  assert.equal(book.note('slowest', 4_000), false);
  note('own', 3_000, 'console');
  told('never noted', 'blog');
  t.mock.timers.tick(20_000);
  for (let i = 0; i < 200; i++) note(`quick ${i}`, i);
  const ids = book.traces().map(({ id }) => id);
  assert.ok(ids.includes('slowest') && !ids.includes('own') && !ids.includes('never noted'));
  assert.ok(ids.length <= 60);
  t.mock.timers.tick(11 * 60_000);
  assert.deepEqual(book.traces(), []);
});
