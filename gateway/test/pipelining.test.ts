import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askWithKey, echo, knownKey, openFixture, until } from './fixture.ts';
import { openSocket, requestText } from './raw-client.ts';

test('pipelining: a client that sends ahead and reads nothing takes nothing from the others', async (t) => {
  const long = Buffer.alloc(400_000, 'a');
  const fixture = await openFixture(t, {
    blog: (request, response) => (request.url === '/long' ? response.end(long) : echo(request, response)),
  });
  await askWithKey(fixture, knownKey);
  const socket = await openSocket(fixture.port);
  socket.pause();
  socket.write(requestText('GET /blog/long HTTP/1.1').repeat(300));
  await until('the first is under way', () => fixture.blog.seen.length > 0);
  const { status, tookMs } = await askWithKey(fixture, knownKey);
  socket.destroy();
  assert.equal(status, 200);
  assert.ok(tookMs < 500, `${tookMs} ms`);
  assert.ok(fixture.blog.seen.filter(({ url }) => url === '/long').length < 10);
});

test('pipelining: when the client leaves, nothing of what it sent ahead runs on', async (t) => {
  const fixture = await openFixture(t, { blog: () => undefined });
  const socket = await openSocket(fixture.port);
  socket.write(requestText('GET /blog/hang HTTP/1.1').repeat(20));
  await until('the first arrived', () => fixture.blog.seen.length > 0);
  socket.destroy();
  await until('its connection is cut', () => fixture.blog.sockets === 0);
  assert.equal(fixture.blog.seen.length, 1);
});

test('pipelining: all answers come, in order', async (t) => {
  const fixture = await openFixture(t);
  const socket = await openSocket(fixture.port);
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  const paths = Array.from({ length: 300 }, (_, i) => `/n${i}`);
  socket.write(
    paths.map((p) => requestText(`POST /blog${p} HTTP/1.1`, ['content-length: 2'], '{}')).join(''),
  );
  await until('all are answered', () => text.split('HTTP/1.1 200').length === 301);
  assert.deepEqual(
    [...text.matchAll(/"url":"([^"]*)"/g)].map((m) => m[1]),
    paths,
  );
  socket.destroy();
});

test('slow readers: answers that nobody reads hold no connection that others need', async (t) => {
  const long = Buffer.alloc(400_000, 'a');
  const fixture = await openFixture(t, {
    blog: (request, response) => (request.url === '/long' ? response.end(long) : echo(request, response)),
  });
  await askWithKey(fixture, knownKey);
  // One more than the gateway has connections to a service, each with more than the kernel takes for a reader.
  const sockets = await Promise.all(Array.from({ length: 70 }, () => openSocket(fixture.port)));
  for (const socket of sockets) {
    socket.pause();
    socket.write(requestText('GET /blog/long HTTP/1.1').repeat(40));
  }
  for (let before = -1, still = 0; still < 5; before = fixture.blog.seen.length) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    still = fixture.blog.seen.length === before ? still + 1 : 0;
  }
  const served = fixture.blog.seen.length;
  assert.ok(served < 70 * 40, 'the kernel has not taken all of it');
  const { status, tookMs } = await askWithKey(fixture, knownKey);
  for (const socket of sockets) socket.destroy();
  assert.equal(status, 200);
  assert.ok(tookMs < 1_000, `${tookMs} ms`);
});
