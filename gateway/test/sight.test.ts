import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OperationChannel } from '@tsmicro/dependency';
import { Metrics } from '@tsmicro/telemetry';
import { askWithKey, echo, knownKey, openFixture, sendJson, until } from './fixture.ts';
import { requestText, sendRaw } from './raw-client.ts';

const given = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const headersOf = ({ json }: { json: unknown }) => (json as { headers: Record<string, string> }).headers;

test('a trace begins at the gateway where the client brings none, or one that is none', async (t) => {
  const { port } = await openFixture(t);
  const bad = [
    '',
    'x',
    given.replace('00-', 'ff-'),
    `${given}-more`,
    given.replace(/-[^-]+-/, `-${'0'.repeat(32)}-`),
  ];
  const made = new Set<string>();
  for (const traceparent of bad) {
    const lines = [`traceparent: ${traceparent}`, 'tracestate: vendor=1'];
    const headers = headersOf(await sendRaw(port, requestText('GET /blog/x HTTP/1.1', lines)));
    assert.match(headers.traceparent ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    assert.equal(headers.tracestate, undefined);
    made.add(headers.traceparent ?? '');
  }
  assert.equal(made.size, bad.length);
});

test('a trace that the client brings is passed on, its state too when it is within bounds', async (t) => {
  const { port } = await openFixture(t);
  for (const [state, passed] of [
    ['vendor=1', 'vendor=1'],
    ['x'.repeat(513), undefined],
  ]) {
    const lines = [`traceparent: ${given}`, `tracestate: ${state}`];
    const headers = headersOf(await sendRaw(port, requestText('GET /blog/x HTTP/1.1', lines)));
    assert.equal(headers.traceparent, given);
    assert.equal(headers.tracestate, passed);
  }
});

test('what a tracer sets is sent on: services are asked by children of the exchange, the key check too', async (t) => {
  const fixture = await openFixture(t);
  const parents: (string | undefined)[] = [];
  const stops = ['http.server', 'http.client'].map((kind, index) =>
    new OperationChannel(kind).subscribe({
      onStart: (operation) => {
        parents.push(operation.traceparent);
        operation.traceparent = given.replace('b7ad6b7169203331', `000000000000000${index + 1}`);
      },
    }),
  );
  const { json } = await askWithKey(fixture, knownKey);
  for (const stop of stops) stop();
  const exchange = given.replace('b7ad6b7169203331', '0000000000000001');
  assert.deepEqual(parents, [undefined, exchange, exchange]);
  const sending = given.replace('b7ad6b7169203331', '0000000000000002');
  assert.equal(headersOf({ json }).traceparent, sending);
  assert.equal(fixture.auth.seen[0]?.headers.traceparent, sending);
});

test('metrics: requests by route and status, services, decisions about keys, and retries', async (t) => {
  const metrics = new Metrics();
  t.after(() => metrics.close());
  let drops = 1;
  const fixture = await openFixture(t, {
    metrics,
    blog: (request, response) => {
      if (request.url === '/cut' && drops-- > 0) request.socket.destroy();
      else if (request.url === '/500') sendJson(response, 500, {});
      else echo(request, response);
    },
  });
  for (const [key, path] of [
    [knownKey, '/blog/x'],
    [knownKey, '/blog/500'],
    [knownKey, '/blog/cut'],
    ['wrong', '/blog/x'],
    [knownKey, '/nowhere/at/all'],
  ] as const) {
    await askWithKey(fixture, key, path);
  }
  const has = async (line: string) => (await metrics.text()).split('\n').includes(line);
  let text = '';
  await until('the last request to be counted', () => {
    void metrics.text().then((now) => {
      text = now;
    });
    return /status="404"\} 1/.test(text);
  });
  for (const line of [
    'http_server_request_duration_seconds_count{method="GET",route="blog",status="200"} 2',
    'http_server_request_duration_seconds_count{method="GET",route="blog",status="500"} 1',
    'http_server_request_duration_seconds_count{method="GET",route="blog",status="403"} 1',
    'http_server_request_duration_seconds_count{method="GET",route="unknown",status="404"} 1',
    'http_client_request_duration_seconds_count{service="blog",status="200"} 2',
    'http_client_request_duration_seconds_count{service="blog",status="500"} 1',
    'gateway_apikey_decisions_total{decision="granted",source="service"} 1',
    'gateway_apikey_decisions_total{decision="granted",source="cache"} 2',
    'gateway_apikey_decisions_total{decision="refused",source="service"} 1',
    'gateway_retries_total 1',
    'http_server_requests_active 0',
    'http_client_requests_active 0',
  ]) {
    assert.ok(await has(line), line);
  }
});

test('a failure is logged with the ids that find it elsewhere: of the request, and of the trace', async (t) => {
  const fixture = await openFixture(t);
  await fixture.blog.close();
  const lines = [`traceparent: ${given}`, 'x-request-id: r-1'];
  await sendRaw(fixture.port, requestText('GET /blog/x HTTP/1.1', lines));
  const entry = fixture.log.find(({ requestId }) => requestId === 'r-1');
  assert.equal(entry?.traceId, '0af7651916cd43dd8448eb211c80319c');
});

test('metrics: a stream of events counts with its head, however long somebody listens', async (t) => {
  const metrics = new Metrics();
  t.after(() => metrics.close());
  const { port, blog } = await openFixture(t, {
    metrics,
    blog: (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: one\n\n');
    },
  });
  const left = new AbortController();
  const url = `http://127.0.0.1:${port}/blog/events`;
  const { body } = await fetch(url, { headers: { 'x-api-key': knownKey }, signal: left.signal });
  const first = await body?.getReader().read();
  assert.equal(Buffer.from(first?.value ?? []).toString(), 'data: one\n\n');
  const text = await metrics.text();
  left.abort();
  for (const line of [
    'http_server_request_duration_seconds_count{method="GET",route="blog",status="200"} 1',
    'http_client_request_duration_seconds_count{service="blog",status="200"} 1',
    'http_server_requests_active 0',
  ]) {
    assert.ok(text.split('\n').includes(line), line);
  }
  await until('the client is gone', () => blog.sockets === 0);
  assert.match(await metrics.text(), /duration_seconds_count\{method="GET",route="blog",status="200"\} 1\n/);
});
