import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectNats, openPresence, openServiceWatch } from '@tsmicro/micro';
import { startNats } from '@tsmicro/stack';
import { until } from './until.ts';

test('presence: a process without endpoints is found with its addresses, and says when it comes and goes', async () => {
  await using server = await startNats();
  const identity = { natsUrl: server.url, natsServiceVersion: '1.2.3' };
  await using client = await connectNats({ ...identity, natsServiceName: 'door' });
  await using asker = await connectNats({ ...identity, natsServiceName: 'asker' });
  using watch = await openServiceWatch(asker, { names: ['door'], pollMs: 60_000 });
  const presence = await openPresence(client, {
    description: 'A door',
    metadata: { kind: 'gateway' },
    address: 'http://0.0.0.0:8000',
    metricsUrl: 'http://127.0.0.1:9100/metrics',
    advertisedHost: 'door.example',
  });
  await until('it is there', 1_000, () => watch.instances('door').length === 1);
  const [instance] = watch.instances('door');
  assert.equal(instance?.http, 'http://door.example:8000');
  assert.deepEqual(instance?.metadata, {
    kind: 'gateway',
    instance: client.instanceId,
    http: 'http://door.example:8000',
    metrics: 'http://door.example:9100/metrics',
  });
  const reply = await asker.connection.request('$SRV.STATS');
  assert.partialDeepStrictEqual(reply.json(), { name: 'door', version: '1.2.3', endpoints: [] });
  await Promise.all([presence.close(), presence.close()]);
  await until('it is gone', 1_000, () => watch.instances('door').length === 0);
});
