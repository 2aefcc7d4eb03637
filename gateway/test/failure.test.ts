import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { request } from 'undici';
import { echo, type Fixture, knownKey, openFixture, sendJson, until } from './fixture.ts';
import { openSocket, readAnswer, requestText } from './raw-client.ts';

const key = { 'x-api-key': knownKey };
const hang: RequestListener = () => undefined;
const cut: RequestListener = (incoming) => incoming.socket.destroy();

async function ask({ gateway }: Fixture, method = 'GET', body?: string) {
  const startedAt = performance.now();
  const answer = await request(`${gateway.address}/blog/x`, { method, headers: key, body: body ?? null });
  const json = (await answer.body.json()) as Record<string, unknown>;
  return { status: answer.statusCode, json, headers: answer.headers, tookMs: performance.now() - startedAt };
}

test('failure: a dead service is 503 with retry-after in the envelope, within 1.5 s', async (t) => {
  const fixture = await openFixture(t);
  await ask(fixture);
  await fixture.blog.close();
  for (const method of ['GET', 'POST']) {
    const { status, json, headers, tookMs } = await ask(fixture, method);
    const requestId = headers['x-request-id'];
    assert.deepEqual([status, headers['retry-after']], [503, '1']);
    assert.deepEqual(json, { code: '10001', status: 503, message: 'service unavailable', requestId });
    assert.ok(tookMs < 1_500);
    assert.ok(fixture.log.some((line) => line.requestId === requestId && line.level === 40));
  }
});

test('failure: a service that hangs is 504 within 2.5 s, and its connection is given up', async (t) => {
  const fixture = await openFixture(t, { blog: hang });
  const { status, json, tookMs } = await ask(fixture);
  assert.deepEqual([status, json.message], [504, 'request timed out']);
  assert.ok(tookMs > 2_300 && tookMs < 2_600, `took ${tookMs} ms`);
  await until('the connection to be closed', () => fixture.blog.sockets === 0);
  fixture.blog.listener = echo;
  assert.equal((await ask(fixture)).status, 200);
});

test('failure: a host that takes no connection is 503 after the connect time-out, and not asked twice', async (t) => {
  const fixture = await openFixture(t, { service: 'connect_timeout: 300, read_timeout: 2400, retries: 1' });
  await fixture.blog.close();
  // A stopped process accepts nothing; with its short backlog full, the kernel leaves further SYNs unanswered.
  const script = `require('net').createServer().listen({ port: ${fixture.blog.port}, host: '127.0.0.1', backlog: 1 }, () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const filling: Socket[] = [];
  t.after(() => {
    child.kill('SIGKILL');
    for (const socket of filling) socket.destroy();
  });
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  for (let i = 0; i < 8; i++) {
    filling.push(connect(fixture.blog.port, '127.0.0.1').on('error', () => undefined));
  }
  await until('the backlog to fill', () => filling.some(({ connecting }) => !connecting));
  const { status, tookMs } = await ask(fixture);
  assert.equal(status, 503);
  assert.ok(tookMs >= 290 && tookMs < 550, `took ${tookMs} ms`);
});

test('failure: a connection lost before any answer is tried once more when that changes nothing', async (t) => {
  const fixture = await openFixture(t);
  let calls = 0;
  fixture.blog.listener = (incoming, response) => {
    calls++;
    if (calls % 2 === 1) cut(incoming, response);
    else echo(incoming, response);
  };
  assert.equal((await ask(fixture, 'GET')).status, 200);
  assert.equal(calls, 2);
  for (const method of ['POST', 'PUT', 'DELETE']) {
    calls = 0;
    const { status } = await ask(fixture, method, '{}');
    assert.deepEqual([method, status, calls], [method, 503, 1]);
  }
});

test('failure: a refused connection is tried again for any method, nothing having been sent', async (t) => {
  const fixture = await openFixture(t);
  await fixture.blog.close();
  const server = createTcpServer((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"ok":1}\n'));
  });
  // The service comes back as soon as the first attempt was refused.
  const { port } = fixture.blog;
  const comeBack = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    socket.once('error', (error) => {
      if ('port' in error && error.port === port) server.listen(port, '127.0.0.1');
    });
  };
  subscribe('net.client.socket', comeBack);
  t.after(() => unsubscribe('net.client.socket', comeBack));
  t.after(() => server.close());
  const { status, json } = await ask(fixture, 'POST', '{"a":1}');
  assert.deepEqual([status, json], [200, { ok: 1 }]);
});

test('failure: retries stay within a tenth of the requests and a small reserve', async (t) => {
  const fixture = await openFixture(t, { blog: cut });
  const total = 200;
  for (let i = 0; i < total; i += 20) {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(fixture)));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([503]));
  }
  const retried = fixture.blog.seen.length - total;
  assert.ok(retried > 0 && retried <= total / 10 + 20, `${retried} retries`);
});

test('failure: no failure of the way is shown as a denial, and none tells where the service lives', async (t) => {
  const faults: [string, string][] = [
    ['garbage', 'garbage\r\n\r\n'],
    ['nothing', ''],
    ['a broken status line', 'HTTP/1.1 xyz OK\r\n\r\n'],
    ['both lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{} '],
    ['more than its length', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{} '],
    ['no end of early hints', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(20)],
    ['huge headers', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(40_000)}\r\n\r\n`],
    ['an upgrade', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
  ];
  const fixture = await openFixture(t);
  await fixture.blog.close();
  let answer = '';
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answer));
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(fixture.blog.port, '127.0.0.1', resolve);
  await promise;
  t.after(() => server.close());
  for (const [name, bytes] of faults) {
    answer = bytes;
    const { status, json } = await ask(fixture);
    assert.deepEqual([name, status, json.message], [name, 503, 'service unavailable']);
  }
});

test('failure: an answer that breaks off closes the connection, so that nobody takes it for whole', async (t) => {
  const fixture = await openFixture(t, {
    service: 'read_timeout: 300',
    blog: (incoming, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half');
      if (incoming.url === '/cut') setImmediate(() => incoming.socket.destroy());
    },
  });
  for (const path of ['/blog/cut', '/blog/stall']) {
    const socket = await openSocket(fixture.port);
    socket.write(requestText(`GET ${path} HTTP/1.1`));
    const { status, body, headers } = await readAnswer(socket);
    assert.deepEqual([status, body, headers.get('content-length')], [200, 'half', '100']);
  }
  assert.equal(fixture.log.filter(({ msg }) => msg === 'answer broke off').length, 2);
});

test('failure: a client that leaves takes its request to the service with it', async (t) => {
  const fixture = await openFixture(t, { blog: hang });
  const socket = await openSocket(fixture.port);
  socket.write(requestText('GET /blog/x HTTP/1.1'));
  await until('the request', () => fixture.blog.seen.length === 1);
  socket.destroy();
  await until('the connection to be closed', () => fixture.blog.sockets === 0);
  fixture.blog.listener = echo;
  assert.equal((await ask(fixture)).status, 200);
});

test('failure: clients that leave while they wait in the queue cost no connection', async (t) => {
  const fixture = await openFixture(t, { logLevel: 'debug' });
  await ask(fixture);
  const held: (() => void)[] = [];
  fixture.blog.listener = (_incoming, response) => held.push(() => sendJson(response, 200, {}));
  const running = Array.from({ length: 64 }, () => ask(fixture));
  await until('64 running requests', () => held.length === 64);
  const leaving = await Promise.all(Array.from({ length: 50 }, () => openSocket(fixture.port)));
  for (const socket of leaving) {
    socket.write(requestText('GET /blog/left HTTP/1.1'));
    socket.destroy();
  }
  await until('50 to leave', () => fixture.log.filter(({ completed }) => completed === false).length === 50);
  fixture.blog.listener = echo;
  for (const answer of held) answer();
  await Promise.all(running);
  await Promise.all(Array.from({ length: 64 }, () => ask(fixture)));
  assert.equal(fixture.blog.seen.filter(({ url }) => url === '/left').length, 0);
  assert.equal(new Set(fixture.blog.seen.map(({ socket }) => socket)).size, 64);
});
