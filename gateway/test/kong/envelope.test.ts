// The plugin's own Lua code in nginx: what no service answers, and what no service gets to see.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { request } from 'undici';
import { sendJson } from '../fixture.ts';
import { type RawAnswer, sendRaw } from '../raw-client.ts';
import { openPluginStage, type PluginStage } from './plugin-stage.ts';

const health = '/blog/health';
const openStage = (t: TestContext) => openPluginStage(t, { verification_urls: ['http://127.0.0.1:9/'] });

function assertEnvelope({ status, headers, json }: RawAnswer, expected: number, message: string): void {
  const requestId = headers.get('x-request-id');
  assert.deepEqual([status, json], [expected, { code: '10001', status: expected, message, requestId }]);
  assert.match(requestId ?? '', /^[\w.-]{1,128}$/);
  assert.equal(headers.get('content-type'), 'application/json; charset=utf-8');
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
}

const ask = ({ gateway }: PluginStage, line: string, ...headers: string[]) =>
  sendRaw(gateway.port, `${[`${line} HTTP/1.1`, 'host: g', ...headers].join('\r\n')}\r\n\r\n`);

test('kong envelope: what nginx or Kong answers by itself is in the envelope, with an id', async (t) => {
  const stage = await openStage(t);
  assertEnvelope(await ask(stage, 'GET /blogx/health'), 404, 'url not found');
  assertEnvelope(await ask(stage, 'GET /nothing'), 404, 'url not found');
  assertEnvelope(await ask(stage, 'PROPFIND /blog/health'), 405, 'method is not supported');
  assertEnvelope(await ask(stage, 'TRACE /blog/health'), 405, 'method is not supported');
  assertEnvelope(await ask(stage, 'GET /%'), 400, 'malformed HTTP request');
  assertEnvelope(await ask(stage, `GET ${health}?${'x'.repeat(8_200)}`), 414, 'url is too long');
  assertEnvelope(
    await ask(stage, `GET ${health}`, `cookie: ${'x'.repeat(17_000)}`),
    431,
    'headers are too large',
  );
  assertEnvelope(await ask(stage, `GET ${health}`, 'upgrade: websocket'), 400, 'upgrade is not supported');
  const large = await ask(stage, 'POST /blog/health', `content-length: ${1024 * 1024 + 1}`);
  assertEnvelope(large, 413, 'body is too large');
  assert.equal(stage.blog.seen.length, 0);
});

test('kong envelope: a path with two readings is refused before it could reach another service', async (t) => {
  const stage = await openStage(t);
  for (const path of [
    '/nope/%2e%2e/blog/health',
    '/blog/../blog/health',
    '//blog/health',
    '/blog%2Fhealth',
    '/blog\\health',
  ]) {
    assertEnvelope(await ask(stage, `GET ${path}`), 400, 'malformed path');
  }
  assert.equal(stage.blog.seen.length, 0);
  assert.equal((await ask(stage, 'GET /%62log/health')).status, 200);
});

test('kong envelope: a service that is down is 503, one that hangs 504, and its own errors stay', async (t) => {
  const stage = await openStage(t);
  stage.blog.listener = (_request, response) => {
    response.setHeader('server', 'x').setHeader('x-powered-by', 'x');
    sendJson(response, 500, { its: 'own' });
  };
  const own = await ask(stage, `GET ${health}`);
  assert.deepEqual([own.status, own.json], [500, { its: 'own' }]);
  assert.ok(!own.headers.has('server') && !own.headers.has('x-powered-by'));
  stage.blog.listener = () => undefined;
  assertEnvelope(await ask(stage, `GET ${health}`), 504, 'request timed out');
  await stage.blog.close();
  const down = await ask(stage, `GET ${health}`);
  assertEnvelope(down, 503, 'service unavailable');
  assert.equal(down.headers.get('retry-after'), '1');
});

test('kong envelope: forged headers do not reach the service, and an id comes back', async (t) => {
  const stage = await openStage(t);
  const answer = await request(stage.gateway.baseUrl + health, {
    headers: {
      'x-user-id': '1',
      'x-consumer-id': '1',
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-user': 'root',
      forwarded: 'for=6.6.6.6',
      'x-real-ip': '6.6.6.6',
      'x-deadline-ms': '1',
      'x-request-id': 'mine',
      accept: 'x/y',
    },
  });
  const { headers } = (await answer.body.json()) as { headers: Record<string, string> };
  assert.equal(answer.headers['x-request-id'], 'mine');
  assert.deepEqual(
    ['x-user-id', 'x-consumer-id', 'x-forwarded-for', 'x-forwarded-user', 'forwarded', 'x-real-ip'].map(
      (name) => headers[name],
    ),
    [undefined, undefined, '127.0.0.1', undefined, undefined, undefined],
  );
  assert.deepEqual(
    [headers['x-deadline-ms'], headers['x-request-id'], headers.accept],
    ['2300', 'mine', 'x/y'],
  );
});

test('kong envelope: an id that is none is replaced', async (t) => {
  const stage = await openStage(t);
  const { headers, json } = await ask(stage, 'GET /nothing', 'x-request-id: "},{"');
  assert.match(headers.get('x-request-id') ?? '', /^[0-9a-f]{32}$/);
  assert.equal(json?.requestId, headers.get('x-request-id'));
});
