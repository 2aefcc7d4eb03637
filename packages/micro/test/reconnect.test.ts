import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectNats, requestNats } from '@tsmicro/micro';
import { findPort, startNats } from '@tsmicro/stack';
import { echo, openDesk } from './desk.ts';
import { until } from './until.ts';

test('reconnect: while NATS is away a request is a 503 within 1.5 s; after its return all goes on within 3 s', async () => {
  await using open = await openDesk();
  await open.server.kill();
  await until('the loss is noticed', 1_000, () => !open.client.connected);
  const startedAt = performance.now();
  await assert.rejects(requestNats(open.client, echo, { value: 'x' }), { status: 503 });
  assert.ok(performance.now() - startedAt < 1_500);
  await open.server.start();
  await until('requests are answered', 3_000, () =>
    requestNats(open.client, echo, { value: 'x' }).then(
      () => true,
      () => false,
    ),
  );
});

test('reconnect: a request made just before NATS returns is answered', async () => {
  await using open = await openDesk();
  await open.server.kill();
  await until('the loss is noticed', 1_000, () => !open.client.connected);
  await open.server.start();
  await until('the desk is back', 3_000, () => open.router.natsClient.connected);
  assert.equal((await requestNats(open.client, echo, { value: 'x' })).value, 'x');
});

test('reconnect: a peer that hangs without a word is noticed within 15 s, and its return is used', async () => {
  await using open = await openDesk();
  open.server.pause();
  await until('the hanging peer is noticed', 15_000, () => !open.client.connected);
  open.server.resume();
  await until('requests are answered', 3_000, () =>
    requestNats(open.client, echo, { value: 'x' }).then(
      () => true,
      () => false,
    ),
  );
});

test('connect: it waits for NATS, and a signal ends the wait', async () => {
  const port = await findPort();
  const options = {
    natsUrl: `nats://127.0.0.1:${port}`,
    natsServiceName: 'early',
    natsServiceVersion: '1.0.0',
  };
  await assert.rejects(connectNats({ ...options, signal: AbortSignal.timeout(300) }), /abort|timeout/i);
  const connecting = connectNats(options);
  await using server = await startNats({ port });
  await using client = await connecting;
  assert.equal(client.connected, true);
  assert.equal(server.port, port);
});

test('connect: names and versions that NATS does not allow are refused at once', async () => {
  const options = { natsUrl: 'nats://127.0.0.1:1', natsServiceName: 'a', natsServiceVersion: '1.0.0' };
  await assert.rejects(connectNats({ ...options, natsServiceName: 'a.b' }), { name: 'NatsConfigError' });
  await assert.rejects(connectNats({ ...options, natsServiceVersion: 'one' }), { name: 'NatsConfigError' });
});
