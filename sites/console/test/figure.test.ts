import assert from 'node:assert/strict';
import { test } from 'node:test';
import { age, duration, rate, share } from '../src/layout/figure.ts';

test('figure: a rate is as short as it can be read, and what is rare is not nothing', () => {
  const shown = [undefined, 0, 0.02, 0.1, 3.24, 9.96, 412.3, 12_345].map(rate);
  assert.deepEqual(shown, ['–', '0', '<0.1', '0.1', '3.2', '10', '412', '12,345']);
});

test('figure: a duration keeps its digits where they matter', () => {
  const shown = [undefined, 0.04, 9.94, 9.96, 412.6, 999.6, 1_260].map(duration);
  assert.deepEqual(shown, ['–', '0.0 ms', '9.9 ms', '10 ms', '413 ms', '1.0 s', '1.3 s']);
});

test('figure: an age is told in its two largest units', () => {
  const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];
  const ages = [
    -5,
    12 * second,
    59.9 * second,
    4 * minute + second,
    3 * hour + 12 * minute,
    2 * hour,
    day + hour,
  ];
  assert.deepEqual(ages.map(age), ['0 s', '12 s', '59 s', '4 min', '3 h 12 min', '2 h', '1 d 1 h']);
});

test('figure: a share that is little is not shown as none', () => {
  assert.deepEqual([undefined, 0, 0.003, 0.5, 1].map(share), ['–', '0 %', '0.3 %', '50 %', '100 %']);
});
