import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createContextKey,
  currentContext,
  RequestContext,
  runInContext,
  timeLeftMs,
  timeoutFrom,
} from '@tsmicro/network';

test('context: outside of a request there is none, and no deadline', () => {
  assert.equal(currentContext(), undefined);
  assert.equal(timeLeftMs(), undefined);
});

test('context: it stays the current one through awaits, each request its own', async () => {
  const names = await Promise.all(
    ['a', 'b'].map((requestId) =>
      runInContext(new RequestContext({ requestId, timeoutMs: 1_000 }), async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return currentContext()?.requestId;
      }),
    ),
  );
  assert.deepEqual(names, ['a', 'b']);
});

test('context: what is left for a dependency is a little less than the deadline', () => {
  runInContext(new RequestContext({ requestId: 'a', timeoutMs: 1_000 }), () => {
    const left = timeLeftMs() ?? 0;
    assert.ok(left > 900 && left < 1_000, `${left}`);
  });
});

test('context: two keys of one name are two keys', () => {
  const context = new RequestContext({ requestId: 'a', timeoutMs: 1 });
  const [mine, theirs] = [createContextKey<number>('n'), createContextKey<number>('n')];
  context.set(mine, 1);
  assert.equal(context.get(mine), 1);
  assert.throws(() => context.get(theirs), { status: 500 });
});

test('deadline: a header can shorten the time, never lengthen it; what is no number is ignored', () => {
  assert.equal(timeoutFrom('100', 5_000), 100);
  assert.equal(timeoutFrom('0', 5_000), 0);
  for (const header of ['9000', '-1', '1e3', 'x', '', undefined])
    assert.equal(timeoutFrom(header, 5_000), 5_000);
});
