import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { test } from 'node:test';
import { type Asked, askWithKey, knownKey, openFixture, sendJson, until, verifyKey } from './fixture.ts';

const hang: RequestListener = () => undefined;

test('api key: with nobody to ask an unknown key is 503, soon, and is not taken for refused', async (t) => {
  const fixture = await openFixture(t, {
    plugin: 'verification_urls: ["http://auth:8000/verify/apikey"], negative_ttl_sec: 60, timeout_ms: 500',
  });
  const faults: [string, RequestListener][] = [
    ['500', (_request, response) => sendJson(response, 500, {})],
    ['404', (_request, response) => sendJson(response, 404, {})],
    ['429', (_request, response) => sendJson(response, 429, {})],
    ['reset', (incoming) => incoming.socket.destroy()],
    ['hanging', hang],
    ['half an answer', (_request, response) => response.writeHead(403, { 'content-length': 10 }).write('{')],
    ['endless answer', (_request, response) => response.writeHead(403).end('x'.repeat(100_000))],
  ];
  for (const [name, listener] of faults) {
    fixture.auth.listener = listener;
    const { status, json, headers, tookMs } = await askWithKey(fixture, knownKey);
    assert.deepEqual([status, json.message, headers['retry-after']], [503, 'service unavailable', '1'], name);
    assert.ok(tookMs < 1_000, `${name} took ${tookMs} ms`);
  }
  assert.equal(fixture.blog.seen.length, 0);
  fixture.auth.listener = verifyKey;
  assert.equal((await askWithKey(fixture, knownKey)).status, 200);
});

test('api key: a dead verifier is 503 within 1.5 s, never a pass and never a denial', async (t) => {
  const fixture = await openFixture(t);
  await fixture.auth.close();
  const { status, tookMs } = await askWithKey(fixture, knownKey);
  assert.equal(status, 503);
  assert.ok(tookMs < 1_500);
});

test('api key: a known key goes on while nobody can be asked, without waiting each time', async (t) => {
  const fixture = await openFixture(t, {
    plugin: 'verification_urls: ["http://auth:8000/verify/apikey"], cache_ttl_sec: 0, timeout_ms: 500',
  });
  assert.equal((await askWithKey(fixture, knownKey)).status, 200);
  fixture.auth.listener = hang;
  const deadline = performance.now() + 5_000;
  // Three checks begin and come to nothing meanwhile; nobody waits for them.
  while (fixture.auth.seen.length < 4 && performance.now() < deadline) {
    const { status, tookMs } = await askWithKey(fixture, knownKey);
    assert.equal(status, 200);
    assert.ok(tookMs < 400, `waited ${tookMs} ms for a service that is known to be away`);
  }
  assert.equal(fixture.auth.seen.length, 4);
  assert.equal((await askWithKey(fixture, 'unknown')).status, 503);

  // Back again, the key is checked in the background; revoked meanwhile, it is refused from then on.
  fixture.auth.listener = (_request, response) => sendJson(response, 403, { message: 'revoked' });
  let status = 200;
  const end = performance.now() + 5_000;
  while (status === 200 && performance.now() < end) status = (await askWithKey(fixture, knownKey)).status;
  assert.equal(status, 403);
});

test('api key: the next verification URL is asked when one does not know', async (t) => {
  const fixture = await openFixture(t, {
    plugin:
      'verification_urls: ["http://nobody.invalid:9/x", "http://auth:8000/first", "http://auth:8000/second"]',
    auth: (incoming, response) => {
      if (incoming.url === '/second') verifyKey(incoming, response);
    },
  });
  const { status, tookMs } = await askWithKey(fixture, knownKey);
  assert.equal(status, 200);
  assert.ok(tookMs < 1_500);
  assert.equal((await askWithKey(fixture, 'wrong')).status, 403);
  assert.equal(fixture.auth.seen.filter(({ url }) => url === '/second').length, 2);
});

test('api key: a flood of invented keys is bounded and leaves known keys alone', async (t) => {
  const held: (() => void)[] = [];
  const fixture = await openFixture(t);
  await askWithKey(fixture, knownKey);
  fixture.auth.listener = (incoming, response) => held.push(() => verifyKey(incoming, response));
  const refused: Asked[] = [];
  const flood = Array.from({ length: 200 }, async (_, i) => {
    const asked = await askWithKey(fixture, `invented-${i}`);
    refused.push(asked);
    return asked;
  });
  await until('136 refusals', () => refused.length >= 136);
  const { status, tookMs } = await askWithKey(fixture, knownKey);
  assert.equal(status, 200);
  assert.ok(tookMs < 1_000);
  assert.ok(fixture.auth.sockets <= 16);
  fixture.auth.listener = verifyKey;
  for (const answer of held) answer();
  const statuses = (await Promise.all(flood)).map((asked) => asked.status);
  assert.equal(statuses.filter((one) => one === 403).length, 64);
  assert.equal(statuses.filter((one) => one === 503).length, 136);
});
