import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { request } from 'undici';
import { TrustedPeers } from '../src/proxy/trusted-peers.ts';
import { echo, openDeclared, openUpstream } from './fixture.ts';

const declaration = `
_format_version: "3.0"
services:
  - name: blog
    url: http://blog:8000
    routes: [{ name: blog, paths: ["~/blog(?:/|$)"] }]
`;

/** A gateway that trusts these, and asks it with these headers; gives what the service saw, and the status. */
async function openGateway(t: TestContext, trustedIps: string, clientPerMin = 0) {
  const blog = await openUpstream(echo);
  t.after(() => blog.close());
  const { gateway } = await openDeclared(t, declaration, {
    hostMap: `blog:8000=127.0.0.1:${blog.port}`,
    trustedIps,
    clientPerMin,
  });
  return async (headers: Record<string, string>) => {
    const answer = await request(`${gateway.address}/blog/x`, { headers });
    const { headers: seen } = (await answer.body.json()) as { headers?: Record<string, string> };
    return { status: answer.statusCode, seen: seen ?? {} };
  };
}

test('trusted peers: nobody is one unless TRUSTED_IPS names him', async (t) => {
  for (const trusted of ['', '10.0.0.0/8,::1']) {
    const ask = await openGateway(t, trusted);
    const { seen } = await ask({ 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' });
    assert.deepEqual([seen['x-forwarded-for'], seen['x-forwarded-proto']], ['127.0.0.1', 'http'], trusted);
  }
});

test('trusted peers: one says for whom he asks, and what that one speaks', async (t) => {
  const ask = await openGateway(t, '127.0.0.1');
  const { seen } = await ask({ 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' });
  assert.deepEqual([seen['x-forwarded-for'], seen['x-forwarded-proto']], ['203.0.113.9', 'https']);
  assert.equal((await ask({})).seen['x-forwarded-for'], '127.0.0.1');
});

test('trusted peers: requests count for whom they are asked for', async (t) => {
  const ask = await openGateway(t, '127.0.0.0/8', 1);
  const statuses: number[] = [];
  for (const client of ['203.0.113.1', '203.0.113.2', '203.0.113.1'])
    statuses.push((await ask({ 'x-forwarded-for': client })).status);
  assert.deepEqual(statuses, [200, 200, 429]);
});

test('trusted peers: of several addresses the last counts that no peer is', () => {
  const peers = new TrustedPeers('10.0.0.0/8, 192.0.2.7 ,2001:db8::/32');
  const clientOf = (peer: string, forwarded: string | undefined) =>
    peers.clientOf(peer, { header: (name) => (name === 'x-forwarded-for' ? forwarded : undefined) });
  for (const [peer, forwarded, client] of [
    ['10.1.2.3', '203.0.113.66, 203.0.113.9, 192.0.2.7, 10.9.9.9', '203.0.113.9'],
    ['2001:db8::1', '2001:db9::1', '2001:db9::1'],
    ['10.1.2.3', '10.1.1.1, 10.2.2.2', '10.1.1.1'],
    ['10.1.2.3', '203.0.113.66, unknown, 10.9.9.9', '10.9.9.9'],
    ['10.1.2.3', 'unknown', '10.1.2.3'],
    ['10.1.2.3', undefined, '10.1.2.3'],
    ['192.0.2.8', '203.0.113.9', '192.0.2.8'],
  ] as const) {
    assert.equal(clientOf(peer, forwarded), client, `${peer} says ${forwarded}`);
  }
});

test('trusted peers: what is no address and no network is named', () => {
  assert.throws(() => new TrustedPeers('10.0.0.0/8,10.0.0.0/33,local,::1/x,1.2.3.4/8/8'), {
    name: 'ConfigError',
    message: /^TRUSTED_IPS must be .* wrong is 10\.0\.0\.0\/33, local, ::1\/x, 1\.2\.3\.4\/8\/8$/,
  });
});
