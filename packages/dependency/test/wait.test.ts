import assert from 'node:assert/strict';
import { test } from 'node:test';
import { untilReady } from '@tsmicro/dependency';

test('wait: goes on until it succeeds and logs each reason once', async () => {
  const reasons = ['refused', 'refused', 'refused', 'starting up', 'starting up'];
  const lines: unknown[] = [];
  const logger = {
    info: (_: object, message: string) => lines.push(message),
    warn: (fields: object) => lines.push(fields),
  };
  const result = await untilReady(
    async () => {
      const reason = reasons.shift();
      if (reason !== undefined) throw new Error(reason);
      return 'ready';
    },
    { name: 'it', logger },
  );
  assert.equal(result, 'ready');
  assert.deepEqual(lines, [{ reason: 'refused' }, { reason: 'starting up' }, 'it is there']);
});

test('wait: the signal ends it', async () => {
  const signal = AbortSignal.timeout(50);
  const attempt = async () => {
    throw new Error('refused');
  };
  await assert.rejects(untilReady(attempt, { name: 'it', signal }), { name: 'AbortError' });
});
