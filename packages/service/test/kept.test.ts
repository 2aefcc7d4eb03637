import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metrics } from '@tsmicro/telemetry';
import { showKept } from '../src/kept.ts';

test('kept answers: how questions ended and how many are kept is among the metrics', async () => {
  const figures = { hits: 5, asked: 2, shared: 1, size: 2 };
  const metrics = new Metrics();
  showKept(metrics, { decisions: { figures } });
  figures.hits++;
  const text = await metrics.text();
  metrics.close();
  assert.match(text, /^kept_answers_total\{answers="decisions",result="hit"\} 6$/m);
  assert.match(text, /^kept_answers_total\{answers="decisions",result="asked"\} 2$/m);
  assert.match(text, /^kept_answers_total\{answers="decisions",result="shared"\} 1$/m);
  assert.match(text, /^kept_answers_size\{answers="decisions"\} 2$/m);
});
