import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { after, before, test } from 'node:test';
import { requestNats } from '@tsmicro/micro';
import { echo, fail, type OpenDesk, openDesk } from './desk.ts';

let open: OpenDesk;
before(async () => {
  open = await openDesk();
});
after(() => open[Symbol.asyncDispose]());

test('request: a signal that lives on keeps no listener of a request that is over', async () => {
  const { signal } = new AbortController();
  for (let i = 0; i < 20; i++) await requestNats(open.client, echo, { value: 'x' }, { signal });
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('endpoint: an error too long for a message is a 500, and the service lives', async () => {
  await assert.rejects(requestNats(open.client, fail, { value: 'x'.repeat(1_048_400) }), { status: 500 });
  assert.equal((await requestNats(open.client, echo, { value: 'x' })).value, 'x');
});
