import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLimit } from '../../src/rate-limiting/limit.ts';
import { LocalCounters } from '../../src/rate-limiting/local-counters.ts';
import { CalendarWindow, windowNames } from '../../src/rate-limiting/window.ts';

test('windows: each begins and ends where the calendar says so, in UTC', () => {
  const now = Date.UTC(2028, 1, 29, 23, 59, 59, 999);
  const spans = windowNames.map((name) => {
    const { startsAt, endsAt } = new CalendarWindow(name).at(now);
    return [new Date(startsAt).toISOString(), new Date(endsAt).toISOString()];
  });
  assert.deepEqual(spans, [
    ['2028-02-29T23:59:59.000Z', '2028-03-01T00:00:00.000Z'],
    ['2028-02-29T23:59:00.000Z', '2028-03-01T00:00:00.000Z'],
    ['2028-02-29T23:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    ['2028-02-29T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    ['2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    ['2028-01-01T00:00:00.000Z', '2029-01-01T00:00:00.000Z'],
  ]);
});

test('local counters: 100,000 keys are remembered up to the bound, and those in use longest', () => {
  const counters = new LocalCounters(1_000);
  const limits = [createLimit('hour', 2)];
  const now = Date.UTC(2026, 0, 1);
  for (let i = 0; i < 100_000; i++) {
    counters.take(`key ${i}`, limits, now);
    if (i % 500 === 0) counters.take('busy', limits, now);
  }
  assert.equal(counters.size, 1_000);
  assert.equal(counters.take('busy', limits, now).admitted, false);
});

test('local counters: a clock that is set back finds no more than one window', () => {
  const counters = new LocalCounters();
  const limits = [createLimit('minute', 1)];
  const now = Date.UTC(2026, 0, 1, 0, 1);
  assert.equal(counters.take('k', limits, now).admitted, true);
  assert.equal(counters.take('k', limits, now - 1).admitted, true);
  assert.equal(counters.take('k', limits, now - 1).admitted, false);
});
