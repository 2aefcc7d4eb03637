import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flow } from '../../src/watch/metrics/flow.ts';

const boundsMs = [1, 10, 100];

test('flow: a rate looks three seconds back, and the history a minute', () => {
  const flow = new Flow([0]);
  for (const count of [6, 3, 0, 0]) {
    flow.turn(1);
    flow.add({ count, errors: count / 3 });
  }
  assert.equal(flow.perSec, 1);
  assert.equal(flow.errorsPerSec, 1 / 3);
  assert.deepEqual(flow.figures.history, [0, 6, 3, 0, 0]);
  for (let i = 0; i < 100; i++) flow.turn(1);
  assert.equal(flow.figures.history.length, 60);
  assert.equal(flow.perSec, 0);
  assert.equal(flow.forgotten, true);
});

test('flow: one that begins later has the history of the others, without traffic', () => {
  const flow = new Flow([0, 1, 1]);
  flow.add({ count: 3, errors: 0 });
  assert.deepEqual(flow.figures.history, [0, 0, 3]);
  assert.equal(flow.perSec, 1.5);
});

test('flow: percentiles lie within the bucket that they fall into, and know nothing of nothing', () => {
  const flow = new Flow([1]);
  assert.equal(flow.percentile(0.5), undefined);
  flow.add({ count: 100, errors: 0, upTo: [50, 90, 99], boundsMs });
  assert.equal(flow.percentile(0.5), 1);
  assert.equal(flow.percentile(0.7), 5.5);
  assert.equal(flow.percentile(0.9), 10);
  // Beyond the last bound all that is known is the bound.
  assert.equal(flow.percentile(1), 100);
});

test('flow: percentiles forget what was ten seconds ago', () => {
  const flow = new Flow([1]);
  flow.add({ count: 10, errors: 0, upTo: [0, 0, 10], boundsMs });
  for (let i = 0; i < 10; i++) flow.turn(1);
  flow.add({ count: 10, errors: 0, upTo: [10, 10, 10], boundsMs });
  assert.ok((flow.percentile(0.99) ?? 99) <= 1);
});

test('flow: another version that divides its durations otherwise does not mix in', () => {
  const flow = new Flow([1]);
  flow.add({ count: 10, errors: 0, upTo: [10, 10, 10], boundsMs });
  flow.add({ count: 10, errors: 0, upTo: [0], boundsMs: [5_000] });
  assert.equal(flow.perSec, 20);
  assert.ok((flow.percentile(0.5) ?? 99) <= 1);
});
