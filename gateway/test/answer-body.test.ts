import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createServer as createTcpServer } from 'node:net';
import { test } from 'node:test';
import { request } from 'undici';
import { echo, knownKey, openFixture, until } from './fixture.ts';
import { openSocket, requestText, sendRaw } from './raw-client.ts';

const key = { 'x-api-key': knownKey };
const mebibyte = 1024 * 1024;

test('answer: 50 MB come down unchanged, and a slow reader holds the service back, not the memory', async (t) => {
  const block = randomBytes(mebibyte);
  const total = 50;
  let written = 0;
  const fixture = await openFixture(t, {
    blog: (_incoming, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      const push = () => {
        while (written < total) {
          written++;
          if (!response.write(block)) {
            response.once('drain', push);
            return;
          }
        }
        response.end();
      };
      push();
    },
  });
  const expected = createHash('sha256');
  for (let i = 0; i < total; i++) expected.update(block);
  const answer = await request(`${fixture.gateway.address}/blog/x`, { headers: key });
  const hash = createHash('sha256');
  let blocked = false;
  for await (const chunk of answer.body) {
    hash.update(chunk);
    if (blocked) continue;
    // Nothing is read for as long as the service still writes; both stop when the sockets between are full.
    blocked = true;
    const deadline = performance.now() + 5_000;
    let before = -1;
    while (before !== written && performance.now() < deadline) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.ok(written < 30, `${written} MB were taken from the service for a client that reads nothing`);
  }
  assert.equal(hash.digest('hex'), expected.digest('hex'));
});

test('answer: one without a length, and one without a body, keep their form', async (t) => {
  const fixture = await openFixture(t, {
    blog: (incoming, response) => {
      if (incoming.url === '/chunks') {
        response.write('a');
        setImmediate(() => response.end('b'));
      } else {
        response.writeHead(Number(incoming.url?.slice(1))).end();
      }
    },
  });
  const { headers, body } = await sendRaw(fixture.port, requestText('GET /blog/chunks HTTP/1.1'));
  assert.deepEqual([headers.get('transfer-encoding'), body], ['chunked', '1\r\na\r\n1\r\nb\r\n0\r\n\r\n']);
  for (const status of [204, 304]) {
    const answer = await request(`${fixture.gateway.address}/blog/${status}`, { headers: key });
    assert.deepEqual([answer.statusCode, await answer.body.text()], [status, '']);
  }
});

test('answer: one that ends with its connection is passed on whole', async (t) => {
  const fixture = await openFixture(t);
  await fixture.blog.close();
  const server = createTcpServer((socket) => {
    socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\nx-kind: old\r\n\r\nold style'));
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(fixture.blog.port, '127.0.0.1', resolve);
  await promise;
  t.after(() => server.close());
  const { statusCode, headers, body } = await request(`${fixture.gateway.address}/blog/x`, { headers: key });
  assert.deepEqual([statusCode, headers['x-kind'], await body.text()], [200, 'old', 'old style']);
});

test('answer: pipelined requests are answered in their order', async (t) => {
  const fixture = await openFixture(t);
  await (await request(`${fixture.gateway.address}/blog/x`, { headers: key })).body.dump();
  let running = 0;
  fixture.blog.listener = (incoming, response) => {
    assert.equal(++running, 1, 'one at a time: whoever sends ahead takes no more of a service than others');
    setTimeout(() => {
      running--;
      echo(incoming, response);
    }, 30);
  };
  const socket = await openSocket(fixture.port);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  const paths = ['/1', '/2', '/3'];
  socket.write(paths.map((path) => requestText(`GET /blog${path} HTTP/1.1`)).join(''));
  await until(
    'three answers',
    () => text.match(/HTTP\/1\.1 200/g)?.length === 3 && text.includes('"url":"/3"'),
  );
  assert.deepEqual(
    text.match(/"url":"(\/\d)"/g),
    paths.map((path) => `"url":"${path}"`),
  );
  socket.destroy();
});

test('answer: read_timeout is the longest pause, not the time of the whole answer', async (t) => {
  const fixture = await openFixture(t, {
    service: 'read_timeout: 300',
    blog: (_incoming, response) => {
      response.writeHead(200);
      let pieces = 0;
      const timer = setInterval(() => {
        response.write('x');
        if (++pieces < 8) return;
        clearInterval(timer);
        response.end();
      }, 100);
    },
  });
  const { body } = await request(`${fixture.gateway.address}/blog/x`, { headers: key });
  assert.equal(await body.text(), 'xxxxxxxx');
});
