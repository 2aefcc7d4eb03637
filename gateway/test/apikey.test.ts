import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askWithKey, echo, knownKey, openFixture, sendJson, until, verifyKey } from './fixture.ts';
import { sendRaw } from './raw-client.ts';

test('api key: none or a blank one is 401, one that is there twice 400, and nobody is asked', async (t) => {
  const fixture = await openFixture(t);
  for (const key of [undefined, '', '   ']) {
    const { status, json } = await askWithKey(fixture, key);
    assert.deepEqual([status, json.message], [401, 'x-api-key header is missing']);
  }
  const twice = `GET /blog/x HTTP/1.1\r\nhost: g\r\nx-api-key: ${knownKey}\r\nX-Api-Key: other\r\n\r\n`;
  const { status, json } = await sendRaw(fixture.port, twice);
  assert.deepEqual([status, json?.message], [400, 'x-api-key header is there twice']);
  assert.equal(fixture.auth.seen.length + fixture.blog.seen.length, 0);
});

test('api key: /<service>/health needs none, and nothing else looks like it', async (t) => {
  const fixture = await openFixture(t);
  assert.equal((await askWithKey(fixture, undefined, '/blog/health')).status, 200);
  assert.equal((await askWithKey(fixture, undefined, '/%62log/healt%68')).status, 200);
  for (const path of [
    '/blog/health/',
    '/blog/x/health',
    '/blog/healthy',
    '/blog/Health',
    '/blog/health%20',
  ]) {
    assert.equal((await askWithKey(fixture, undefined, path)).status, 401, path);
  }
  assert.equal((await askWithKey(fixture, undefined, '/blog/health%0a')).status, 400);
});

test('api key: a positive answer is kept for its time, then asked for again', async (t) => {
  const fixture = await openFixture(t, {
    plugin: 'verification_urls: ["http://auth:8000/verify/apikey?a=1"], cache_ttl_sec: 1',
  });
  for (let i = 0; i < 5; i++) assert.equal((await askWithKey(fixture, knownKey)).status, 200);
  assert.equal(fixture.auth.seen.length, 1);
  const [check] = fixture.auth.seen;
  assert.deepEqual(
    [check?.method, check?.url, check?.headers.host],
    ['GET', '/verify/apikey?a=1', 'auth:8000'],
  );
  const deadline = performance.now() + 5_000;
  while (fixture.auth.seen.length === 1 && performance.now() < deadline) await askWithKey(fixture, knownKey);
  assert.equal(fixture.auth.seen.length, 2);
});

test('api key: a refusal is passed on, kept for its time, and carries the id of each request', async (t) => {
  const fixture = await openFixture(t, {
    plugin: 'verification_urls: ["http://auth:8000/verify/apikey"], negative_ttl_sec: 60',
  });
  const ids = new Set<unknown>();
  for (let i = 0; i < 3; i++) {
    const { status, json, headers } = await askWithKey(fixture, 'wrong');
    assert.deepEqual([status, json.code, json.message], [403, '10001', 'permission denied']);
    assert.equal(json.requestId, headers['x-request-id']);
    ids.add(json.requestId);
  }
  assert.equal(ids.size, 3);
  assert.equal(fixture.auth.seen.length, 1);
  assert.equal(fixture.blog.seen.length, 0);
});

test('api key: a refusal whose time is over is asked for again, and a key that is good by now passes', async (t) => {
  const fixture = await openFixture(t, {
    plugin: 'verification_urls: ["http://auth:8000/verify/apikey"], negative_ttl_sec: 0',
    auth: (_request, response) => sendJson(response, 401, { no: 'envelope' }),
  });
  const refused = await askWithKey(fixture, 'new');
  assert.deepEqual([refused.status, refused.json], [401, { no: 'envelope' }]);
  fixture.auth.listener = (_request, response) => sendJson(response, 200, {});
  assert.equal((await askWithKey(fixture, 'new')).status, 200);
});

/** Keeps grants far longer than the tests take. */
const keptLong =
  'verification_urls: ["http://auth:8000/verify/apikey"], cache_ttl_sec: 3600, timeout_ms: 4000';

test('api key: one that has an end is not kept past it, nor known any longer when nobody can be asked', async (t) => {
  const fixture = await openFixture(t, {
    plugin: keptLong,
    auth: (_request, response) => {
      response.setHeader('x-apikey-expires-in', '1');
      sendJson(response, 200, {});
    },
  });
  const from = performance.now();
  assert.equal((await askWithKey(fixture, knownKey)).status, 200);
  fixture.auth.listener = (incoming) => incoming.socket.destroy();
  let asked = await askWithKey(fixture, knownKey);
  while (asked.status === 200 && performance.now() - from < 5_000) {
    asked = await askWithKey(fixture, knownKey);
  }
  assert.equal(asked.status, 503);
  assert.ok(performance.now() - from >= 1_000);
});

test('api key: what it has left is counted from before the question', async (t) => {
  const held: (() => void)[] = [];
  const fixture = await openFixture(t, {
    plugin: keptLong,
    auth: (_request, response) => {
      response.setHeader('x-apikey-expires-in', '1');
      held.push(() => sendJson(response, 200, {}));
    },
  });
  const from = performance.now();
  const asked = askWithKey(fixture, knownKey);
  await until('the second is over', () => held.length === 1 && performance.now() - from > 1_050);
  held[0]?.();
  assert.equal((await asked).status, 200);
  fixture.auth.listener = verifyKey;
  assert.equal((await askWithKey(fixture, knownKey)).status, 200);
  assert.equal(fixture.auth.seen.length, 2);
});

test('api key: one whose end has come, or is no number of seconds, passes and is not kept', async (t) => {
  const fixture = await openFixture(t, { plugin: keptLong });
  for (const end of ['0', '', '-1', '1.5', '1e3', 'soon', ['9', '9']]) {
    fixture.auth.seen.length = 0;
    fixture.auth.listener = (_request, response) => {
      response.setHeader('x-apikey-expires-in', end);
      sendJson(response, 200, {});
    };
    for (let i = 0; i < 2; i++) assert.equal((await askWithKey(fixture, knownKey)).status, 200);
    assert.equal(fixture.auth.seen.length, 2, String(end));
    fixture.auth.listener = (incoming) => incoming.socket.destroy();
    assert.equal((await askWithKey(fixture, knownKey)).status, 503);
  }
});

test('api key: requests that come with one key at once share one check', async (t) => {
  const held: (() => void)[] = [];
  const fixture = await openFixture(t, {
    auth: (incoming, response) => held.push(() => verifyKey(incoming, response)),
  });
  const asked = Promise.all(Array.from({ length: 30 }, () => askWithKey(fixture, knownKey)));
  await until('the check', () => held.length > 0);
  // One that comes after the others: they wait by now.
  await askWithKey(fixture, undefined);
  for (const answer of held) answer();
  fixture.auth.listener = verifyKey;
  assert.deepEqual(new Set((await asked).map(({ status }) => status)), new Set([200]));
  assert.equal(fixture.auth.seen.length, 1);
});

test('api key: without a verification URL every key is a 500, logged', async (t) => {
  const fixture = await openFixture(t, { plugin: 'verification_urls: []' });
  const { status, json } = await askWithKey(fixture, knownKey);
  assert.deepEqual([status, json.message], [500, 'something went wrong']);
  assert.ok(fixture.log.some(({ level, requestId }) => level === 50 && requestId === json.requestId));
});

test('api key: hide_credentials keeps the key from the service, and no key is ever logged', async (t) => {
  const fixture = await openFixture(t, {
    plugin: 'verification_urls: ["http://auth:8000/verify/apikey"], hide_credentials: true',
    blog: echo,
    logLevel: 'trace',
  });
  const { json } = await askWithKey(fixture, knownKey);
  assert.equal((json.headers as Record<string, string>)['x-api-key'], undefined);
  await fixture.auth.close();
  await askWithKey(fixture, 'secret-of-somebody');
  await until('the log', () => fixture.log.length >= 3);
  assert.doesNotMatch(JSON.stringify(fixture.log), new RegExp(`secret-of-somebody|${knownKey}`));
});

test('api key: a text that can be no key is refused, not a fault', async (t) => {
  const fixture = await openFixture(t, {
    auth: (request, response) => {
      response.writeHead(request.headers['x-api-key'] === knownKey ? 200 : 400).end();
    },
  });
  for (const key of ['a,b', ',', 'k'.repeat(16_000)]) {
    assert.equal((await askWithKey(fixture, key)).status, 403);
  }
});
