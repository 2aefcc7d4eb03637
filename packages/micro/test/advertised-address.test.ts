import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { connectNats, createRouter } from '@tsmicro/micro';
import { startNats } from '@tsmicro/stack';
import { advertisedAddress } from '../src/advertised-address.ts';

test('advertised address: a host that others can connect to is shown as it is', () => {
  for (const address of ['http://127.0.0.1:8001', 'http://10.1.2.3:8001', 'http://[::1]:8001']) {
    assert.equal(advertisedAddress(address, undefined), address);
  }
});

test('advertised address: a given host wins, with the port that is listened on', () => {
  assert.equal(advertisedAddress('http://0.0.0.0:8001', 'auth1'), 'http://auth1:8001');
  assert.equal(advertisedAddress('http://127.0.0.1:80', 'fd00::7'), 'http://[fd00::7]:80');
});

test('advertised address: a wildcard becomes an address of this machine, never one of loopback or of the wildcard', () => {
  const outer = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).filter(({ internal }) => !internal),
  );
  for (const wildcard of ['http://0.0.0.0:8001', 'http://[::]:8001']) {
    const { hostname, port } = new URL(advertisedAddress(wildcard, undefined));
    assert.equal(port, '8001');
    assert.doesNotMatch(hostname, /^(0\.0\.0\.0|127\..*|\[::1?\])$/);
    if (outer.length > 0)
      assert.ok(
        outer.some(({ address }) => hostname.includes(address)),
        hostname,
      );
  }
});

test('advertised address: discovery shows it, and start returns what is listened on', async () => {
  await using nats = await startNats({ url: process.env.NATS_URL });
  const identity = { natsServiceName: 'advertised', natsServiceVersion: '1.0.0' };
  await using natsClient = await connectNats({ natsUrl: nats.url, ...identity });
  await using router = createRouter({ natsClient });
  const address = await router.start({ host: '127.0.0.1', port: 0, advertisedHost: 'advertised-1' });
  const { port } = new URL(address);
  const pong = await natsClient.connection.request('$SRV.PING.advertised', '', { timeout: 1_000 });
  assert.equal(address, `http://127.0.0.1:${port}`);
  assert.equal(pong.json<{ metadata: { http: string } }>().metadata.http, `http://advertised-1:${port}`);
});
