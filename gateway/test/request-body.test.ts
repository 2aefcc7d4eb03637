import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { request } from 'undici';
import { knownKey, openFixture, sendJson, until } from './fixture.ts';
import { openSocket, readAnswer, requestText, sendRaw } from './raw-client.ts';

const key = { 'x-api-key': knownKey };
const mebibyte = 1024 * 1024;

function chunked(body: Buffer, pieceBytes: number): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length; at += pieceBytes) {
    const piece = body.subarray(at, at + pieceBytes);
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]);
}

test('body: up to 1 MiB goes up unchanged, with a length and in chunks', async (t) => {
  const fixture = await openFixture(t, {
    blog: (incoming, response) => {
      const hash = createHash('sha256');
      let size = 0;
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        hash.update(chunk);
      });
      incoming.on('end', () => sendJson(response, 200, { size, hash: hash.digest('hex') }));
    },
  });
  for (const size of [0, 1, 64 * 1024, 64 * 1024 + 1, 300_000, mebibyte]) {
    const body = randomBytes(size);
    const expected = { size, hash: createHash('sha256').update(body).digest('hex') };
    const answer = await request(`${fixture.gateway.address}/blog/x`, { method: 'POST', headers: key, body });
    assert.deepEqual(await answer.body.json(), expected, `${size} bytes with a length`);
    const head = requestText('POST /blog/x HTTP/1.1', ['transfer-encoding: chunked']);
    const { json } = await sendRaw(fixture.port, Buffer.concat([Buffer.from(head), chunked(body, 10_000)]));
    assert.deepEqual(json, expected, `${size} bytes in chunks`);
  }
  assert.ok(fixture.blog.sockets <= 2);
});

test('body: those of many clients that come in turns, a piece of each, stay apart', async (t) => {
  const fixture = await openFixture(t, {
    blog: (incoming, response) => {
      const hash = createHash('sha256');
      incoming.on('data', (chunk: Buffer) => hash.update(chunk));
      incoming.on('end', () => sendJson(response, 200, { hash: hash.digest('hex') }));
    },
  });
  const pieceBytes = 8_000;
  // Some are collected before they go on, some are streamed.
  const senders = await Promise.all(
    [3, 7, 12, 30].map(async (pieces) => {
      const socket = await openSocket(fixture.port);
      const body = randomBytes(pieces * pieceBytes);
      const chunks = pieces % 2 === 0;
      const framing = chunks ? 'transfer-encoding: chunked' : `content-length: ${body.length}`;
      const answer = readAnswer(socket);
      const bytes = chunks ? chunked(body, 5_000) : body;
      return {
        socket,
        bytes: Buffer.concat([Buffer.from(requestText('POST /blog/x HTTP/1.1', [framing])), bytes]),
        body,
        answer,
      };
    }),
  );
  for (let at = 0; senders.some(({ bytes }) => at < bytes.length); at += pieceBytes) {
    for (const { socket, bytes } of senders) {
      if (at < bytes.length) socket.write(bytes.subarray(at, at + pieceBytes));
    }
    await setImmediate();
  }
  for (const { answer, body, socket } of senders) {
    const hash = createHash('sha256').update(body).digest('hex');
    assert.deepEqual((await answer).json, { hash }, `${body.length} bytes`);
    socket.destroy();
  }
});

test('body: a long one is streamed: the service reads its beginning before its end was sent', async (t) => {
  let received = 0;
  const fixture = await openFixture(t, {
    blog: (incoming, response) => {
      incoming.on('data', (chunk: Buffer) => {
        received += chunk.length;
      });
      incoming.on('end', () => sendJson(response, 200, { received }));
    },
  });
  const socket = await openSocket(fixture.port);
  const answer = readAnswer(socket);
  socket.write(requestText('POST /blog/x HTTP/1.1', [`content-length: ${mebibyte}`]));
  socket.write(Buffer.alloc(mebibyte / 2));
  await until('the first half to arrive', () => received === mebibyte / 2);
  socket.write(Buffer.alloc(mebibyte / 2));
  assert.deepEqual((await answer).json, { received: mebibyte });
  socket.destroy();
});

test('body: a short one is sent on only when it is whole: a slow client holds no connection', async (t) => {
  const fixture = await openFixture(t);
  const slow = await Promise.all(Array.from({ length: 70 }, () => openSocket(fixture.port)));
  for (const socket of slow) {
    socket.write(requestText('POST /blog/slow HTTP/1.1', ['content-length: 10'], '12345'));
  }
  const { statusCode, body } = await request(`${fixture.gateway.address}/blog/x`, { headers: key });
  await body.dump();
  assert.equal(statusCode, 200);
  assert.equal(fixture.blog.seen.length, 1);
  const answers = slow.map((socket) => readAnswer(socket));
  for (const socket of slow) socket.write('67890');
  for (const { json } of await Promise.all(answers)) assert.equal(json?.body, '1234567890');
  for (const socket of slow) socket.destroy();
});

test('body: slow clients that stream never take more than half of the connections', async (t) => {
  const fixture = await openFixture(t);
  const slow = await Promise.all(Array.from({ length: 40 }, () => openSocket(fixture.port)));
  const statuses: number[] = [];
  for (const socket of slow) {
    readAnswer(socket).then(
      ({ status }) => statuses.push(status),
      () => undefined,
    );
    socket.write(requestText('POST /blog/slow HTTP/1.1', [`content-length: ${mebibyte}`]));
    socket.write(Buffer.alloc(100_000));
  }
  await until('8 refusals', () => statuses.length === 8);
  assert.deepEqual(new Set(statuses), new Set([503]));
  const { statusCode, body } = await request(`${fixture.gateway.address}/blog/x`, { headers: key });
  await body.dump();
  assert.equal(statusCode, 200);
  for (const socket of slow) socket.destroy();
  await until('the service to be left', () => fixture.blog.sockets <= 1);
});

test('body: a declared length over 1 MiB is 413 at once, unread, and the connection closes', async (t) => {
  const fixture = await openFixture(t);
  const head = requestText('POST /blog/x HTTP/1.1', [`content-length: ${mebibyte + 1}`]);
  const unsent = await sendRaw(fixture.port, head);
  assert.deepEqual([unsent.status, unsent.json?.message], [413, 'body is too large']);
  assert.equal(unsent.headers.get('connection'), 'close');
  // The client that sends all the same is let finish: cut off while it writes, it would not read the answer.
  const socket = await openSocket(fixture.port);
  const answer = readAnswer(socket);
  const size = 10 * mebibyte;
  socket.write(requestText('POST /blog/x HTTP/1.1', [`content-length: ${size}`]));
  const error = await new Promise((resolve) => socket.write(Buffer.alloc(size), resolve));
  assert.equal(error ?? undefined, undefined);
  assert.equal((await answer).status, 413);
  await until('the connection to close', () => socket.destroyed);
  assert.equal(fixture.blog.seen.length, 0);
});

test('body: chunks that add up to more than 1 MiB are 413, and the service sees the request fail', async (t) => {
  let aborted = 0;
  const fixture = await openFixture(t, {
    blog: (incoming) => {
      incoming.on('error', () => aborted++);
      incoming.resume();
    },
  });
  const head = Buffer.from(requestText('POST /blog/x HTTP/1.1', ['transfer-encoding: chunked']));
  const { status, json } = await sendRaw(
    fixture.port,
    Buffer.concat([head, chunked(Buffer.alloc(mebibyte + 1), 50_000)]),
  );
  assert.deepEqual([status, json?.message], [413, 'body is too large']);
  await until('the service to notice', () => aborted === 1);
});

test('body: an early answer of the service reaches the client that is still sending', async (t) => {
  const fixture = await openFixture(t, {
    blog: (_incoming, response) => sendJson(response, 401, { early: true }),
  });
  for (const size of [10, 100_000, mebibyte]) {
    const answer = await request(`${fixture.gateway.address}/blog/x`, {
      method: 'POST',
      headers: key,
      body: Buffer.alloc(size),
    });
    assert.deepEqual([answer.statusCode, await answer.body.json()], [401, { early: true }]);
  }
  const socket = await openSocket(fixture.port);
  socket.write(requestText('POST /blog/x HTTP/1.1', [`content-length: ${mebibyte}`]));
  socket.write(Buffer.alloc(100_000));
  const { status, headers } = await readAnswer(socket);
  assert.deepEqual([status, headers.get('connection')], [401, 'close']);
  socket.destroy();
});

test('body: "100 Continue" is said when the body is wanted, and not before the key is known', async (t) => {
  const fixture = await openFixture(t);
  const expecting = ['expect: 100-continue', 'content-length: 2'];
  const socket = await openSocket(fixture.port);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
    if (text === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write('{}');
  });
  socket.write(requestText('POST /blog/x HTTP/1.1', expecting));
  await until('the answer', () => text.includes('"body":"{}"'));
  assert.match(text, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  socket.destroy();

  const refused = await openSocket(fixture.port);
  let said = '';
  refused.on('data', (chunk) => {
    said += chunk;
  });
  refused.write(requestText('POST /blog/x HTTP/1.1', expecting).replace(knownKey, ' '));
  await until('the refusal and the end', () => refused.readableEnded);
  assert.match(said, /^HTTP\/1\.1 401 /);
  assert.doesNotMatch(said, /100 Continue/);

  const other = await sendRaw(
    fixture.port,
    requestText('POST /blog/x HTTP/1.1', ['expect: x', 'content-length: 2']),
  );
  assert.deepEqual([other.status, other.json?.status], [417, 417]);
});
