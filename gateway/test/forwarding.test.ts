import assert from 'node:assert/strict';
import { test } from 'node:test';
import { request } from 'undici';
import { echo, knownKey, openFixture, sendJson } from './fixture.ts';
import { requestText, sendRaw } from './raw-client.ts';

const key = { 'x-api-key': knownKey };

test('forwarding: the prefix is stripped once, path and query arrive as they are', async (t) => {
  const { gateway } = await openFixture(t);
  const paths = [
    ['/blog/id/1?a=%2F&b', '/id/1?a=%2F&b'],
    ['/blog', '/'],
    ['/blog/', '/'],
    ['/blog/blog/x/', '/blog/x/'],
    ['/blog/list/tag/A%2fB', '/list/tag/A%2FB'],
    ['/%62log/x?%zz', '/x?%zz'],
  ];
  for (const [path, arrived] of paths) {
    const { statusCode, body } = await request(gateway.address + path, { headers: key });
    assert.equal(statusCode, 200);
    assert.equal(((await body.json()) as { url: string }).url, arrived);
  }
});

test('forwarding: every method and its body arrive', async (t) => {
  const { gateway, blog } = await openFixture(t);
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    const { body } = await request(`${gateway.address}/blog/x`, { method, headers: key, body: '{"a":1}' });
    const seen = (await body.json()) as { method: string; body: string; headers: Record<string, string> };
    assert.deepEqual([seen.method, seen.body, seen.headers['content-length']], [method, '{"a":1}', '7']);
  }
  for (const method of ['GET', 'OPTIONS', 'DELETE', 'POST'] as const) {
    const { body } = await request(`${gateway.address}/blog/x`, { method, headers: key });
    const seen = (await body.json()) as { method: string; body: string };
    assert.deepEqual([seen.method, seen.body], [method, '']);
  }
  const head = await sendRaw(
    Number(new URL(gateway.address).port),
    requestText('HEAD /blog/x HTTP/1.1', ['connection: close']),
  );
  assert.equal(head.status, 200);
  assert.equal(head.body, '');
  assert.ok(Number(head.headers.get('content-length')) > 0);
  assert.equal(blog.seen.at(-1)?.method, 'HEAD');
});

test('forwarding: headers of the hop and claims about the caller end at the gateway', async (t) => {
  const { port } = await openFixture(t);
  const answer = await sendRaw(
    port,
    requestText('GET /blog/x HTTP/1.1', [
      'authorization: Bearer t',
      'Connection: keep-alive, X-Hop',
      'X-Hop: 1',
      'Keep-Alive: timeout=1',
      'Proxy-Authorization: x',
      'TE: trailers',
      'Forwarded: for=1.2.3.4',
      'X-Real-IP: 1.2.3.4',
      'X-Forwarded-For: 1.2.3.4',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Anything: x',
      'X-User-Id: admin',
      'X-Consumer-Username: admin',
      'X-Deadline-Ms: 999999',
      'X-Request-Id: abc.1',
      'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'tracestate: a=b',
      'accept: application/json',
    ]),
  );
  const { headers } = answer.json as { headers: Record<string, string> };
  const deadline = Number(headers['x-deadline-ms']);
  // As long as the gateway itself waits for this service (read_timeout).
  assert.ok(deadline > 2_000 && deadline <= 2_400, `x-deadline-ms is ${deadline}`);
  delete headers['x-deadline-ms'];
  assert.deepEqual(headers, {
    host: 'blog:8000',
    connection: 'keep-alive',
    'x-api-key': knownKey,
    authorization: 'Bearer t',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: 'a=b',
    accept: 'application/json',
    'x-request-id': 'abc.1',
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-host': 'gateway',
    'x-forwarded-proto': 'http',
    'x-forwarded-port': String(port),
  });
  assert.equal(answer.headers.get('x-request-id'), 'abc.1');
});

test('forwarding: a request id that is no good is made anew, the same for service and client', async (t) => {
  const { port } = await openFixture(t);
  for (const given of ['', 'a b', 'x'.repeat(129), '"<script>"']) {
    const answer = await sendRaw(port, requestText('GET /blog/x HTTP/1.1', [`x-request-id: ${given}`]));
    const { headers } = answer.json as { headers: Record<string, string> };
    assert.match(headers['x-request-id'] ?? '', /^[0-9a-f-]{36}\.[0-9a-z]+$/);
    assert.equal(answer.headers.get('x-request-id'), headers['x-request-id']);
  }
});

test('forwarding: the answer loses hop-by-hop headers and banners, keeps the rest, gains nosniff', async (t) => {
  const { port } = await openFixture(t, {
    blog: (_request, response) => {
      response.writeHead(418, [
        ...['Server', 'banner', 'X-Powered-By', 'banner', 'Connection', 'keep-alive, X-Hop', 'X-Hop', '1'],
        ...['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'X-Request-Id', 'of-the-service', 'ETag', '"1"'],
        ...['X-Content-Type-Options', 'other', 'content-length', '2'],
      ]);
      response.end('ok');
    },
  });
  const { headers, status, body } = await sendRaw(
    port,
    requestText('GET /blog/x HTTP/1.1', ['x-request-id: mine']),
  );
  assert.deepEqual([status, body], [418, 'ok']);
  assert.deepEqual([...headers.keys()].sort(), [
    'connection',
    'content-length',
    'date',
    'etag',
    'keep-alive',
    'set-cookie',
    'x-content-type-options',
    'x-request-id',
  ]);
  assert.equal(headers.get('connection'), 'keep-alive');
  assert.equal(headers.get('set-cookie'), 'b=2');
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.equal(headers.get('x-request-id'), 'mine');
});

test('forwarding: what no route leads to is a 404 in the envelope, before a key is asked for', async (t) => {
  const { gateway, auth, blog } = await openFixture(t);
  for (const path of ['/', '/authsignin', '/blogs/x', '/Blog/x', '/health']) {
    const { statusCode, headers, body } = await request(gateway.address + path);
    const requestId = headers['x-request-id'];
    assert.equal(statusCode, 404, path);
    assert.match(String(headers['content-type']), /^application\/json/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.deepEqual(await body.json(), { code: '10001', status: 404, message: 'url not found', requestId });
  }
  assert.equal(auth.seen.length + blog.seen.length, 0);
});

test('forwarding: connections to a service are used again, and no more are opened than the bound', async (t) => {
  const { gateway, blog } = await openFixture(t);
  const ask = () => request(`${gateway.address}/blog/x`, { headers: key }).then(({ body }) => body.dump());
  for (let i = 0; i < 5; i++) await ask();
  assert.equal(blog.sockets, 1);
  let held: (() => void)[] = [];
  blog.listener = (incoming, response) => held.push(() => echo(incoming, response));
  const asked = Promise.all(Array.from({ length: 100 }, ask));
  const deadline = performance.now() + 2_000;
  while (held.length < 64 && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(held.length, 64);
  blog.listener = echo;
  for (const answer of held) answer();
  held = [];
  await asked;
  assert.ok(blog.sockets <= 64);
});

test('forwarding: beyond the queue of a service the answer is 503 with retry-after, at once', async (t) => {
  const { gateway, blog } = await openFixture(t);
  await (await request(`${gateway.address}/blog/x`, { headers: key })).body.dump();
  const held: (() => void)[] = [];
  blog.listener = (_incoming, response) => held.push(() => sendJson(response, 200, {}));
  const statuses: number[] = [];
  const retryAfter = new Set<unknown>();
  const asked = Array.from({ length: 400 }, () =>
    request(`${gateway.address}/blog/x`, { headers: key }).then(({ statusCode, headers, body }) => {
      statuses.push(statusCode);
      if (statusCode === 503) retryAfter.add(headers['retry-after']);
      return body.dump();
    }),
  );
  const deadline = performance.now() + 2_000;
  while (statuses.length < 80 && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(new Set(statuses), new Set([503]));
  assert.deepEqual(retryAfter, new Set(['1']));
  assert.equal(statuses.length, 80);
  blog.listener = (_incoming, response) => sendJson(response, 200, {});
  for (const answer of held) answer();
  await Promise.all(asked);
  assert.equal(statuses.filter((status) => status === 200).length, 320);
});
