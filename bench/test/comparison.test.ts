import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparison, ratioOf } from '../src/measure/comparison.ts';
import { type Run, rotated } from '../src/measure/run.ts';
import { spreadOf } from '../src/measure/spread.ts';
import { formatTable } from '../src/measure/table.ts';

function run(variant: string, round: number, perSecond: number, othersCores = 0): Run {
  const figures = { p50Ms: 1, p99Ms: 2, errors: 0, cpuUsPerRequest: { server: 10 } };
  return { variant, round, perSecond, othersCores, ...figures };
}

test('comparison: a ratio is taken inside its round, so that a slow round does not count twice', () => {
  // The machine was ten times slower in round 1: medians of each for itself would give 0.5 / 1 and 0.06.
  const runs = [run('limit', 0, 1_000), run('ours', 0, 500), run('limit', 1, 100), run('ours', 1, 60)];
  const { median, min, max } = ratioOf(runs, 'ours', 'limit');
  assert.deepEqual({ min, max }, { min: 0.5, max: 0.6 });
  assert.ok(Math.abs(median - 0.55) < 1e-9);
});

test('comparison: a round that others disturbed counts only where there is no quiet one', () => {
  const disturbed = [run('limit', 0, 1_000, 0.9), run('ours', 0, 100)];
  assert.equal(ratioOf(disturbed, 'ours', 'limit').median, 0.1);
  const quiet = [run('limit', 1, 1_000), run('ours', 1, 800)];
  assert.deepEqual(ratioOf([...disturbed, ...quiet], 'ours', 'limit'), { median: 0.8, min: 0.8, max: 0.8 });
});

test('comparison: what was not measured is a dash, and every row has a cell for every head', () => {
  const { heads, rows } = comparison('HTTP', [run('ours', 0, 500)], 'limit', 'other');
  assert.equal(rows[0]?.[heads.indexOf('to limit')], '-');
  assert.equal(rows[0]?.length, heads.length);
});

test('spread: the median of an even number of values lies between the middle two', () => {
  assert.deepEqual(spreadOf([4, 1, 3, 2]), { median: 2.5, min: 1, max: 4 });
  assert.deepEqual(spreadOf([9, 1, 2]), { median: 2, min: 1, max: 9 });
});

test('rotation: every variant leads a round in its turn', () => {
  const leaders = [0, 1, 2].map((round) => rotated(['a', 'b', 'c'], round)[0]);
  assert.deepEqual(leaders, ['a', 'b', 'c']);
  assert.deepEqual(rotated(['a', 'b', 'c'], 4), ['b', 'c', 'a']);
});

test('table: words stand to the left and figures to the right, under their heads', () => {
  const text = formatTable({
    title: 'T',
    heads: ['variant', 'ms'],
    rows: [
      ['a', '7'],
      ['b', '1234'],
    ],
  });
  assert.deepEqual(text.split('\n').slice(2), [
    '| variant |   ms |',
    '| ------- | ---: |',
    '| a       |    7 |',
    '| b       | 1234 |',
    '',
  ]);
});
