import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFixture } from './fixture.ts';
import { sendRaw } from './raw-client.ts';

const base = 'host: g\r\nx-api-key: a-known-key\r\n';

/** Bytes, and the statuses that may answer them. None of them may reach a service. */
const refused: [string, string, number][] = [
  [
    'length and chunks',
    `POST /blog/x HTTP/1.1\r\n${base}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  [
    'chunks and length',
    `POST /blog/x HTTP/1.1\r\n${base}transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n`,
    400,
  ],
  ['two lengths', `POST /blog/x HTTP/1.1\r\n${base}content-length: 4\r\ncontent-length: 5\r\n\r\nabcde`, 400],
  [
    'the same length twice',
    `POST /blog/x HTTP/1.1\r\n${base}content-length: 4\r\ncontent-length: 4\r\n\r\nabcd`,
    400,
  ],
  ['a length with a sign', `POST /blog/x HTTP/1.1\r\n${base}content-length: +4\r\n\r\nabcd`, 400],
  ['a negative length', `POST /blog/x HTTP/1.1\r\n${base}content-length: -1\r\n\r\n`, 400],
  ['a length in hex', `POST /blog/x HTTP/1.1\r\n${base}content-length: 0x4\r\n\r\nabcd`, 400],
  ['two lengths in one', `POST /blog/x HTTP/1.1\r\n${base}content-length: 4, 4\r\n\r\nabcd`, 400],
  [
    'chunked not last',
    `POST /blog/x HTTP/1.1\r\n${base}transfer-encoding: chunked, gzip\r\n\r\n0\r\n\r\n`,
    400,
  ],
  ['an unknown coding', `POST /blog/x HTTP/1.1\r\n${base}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`, 400],
  ['chunks in HTTP/1.0', `POST /blog/x HTTP/1.0\r\n${base}transfer-encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ['a bare LF in the head', `GET /blog/x HTTP/1.1\n${base}\r\n`, 400],
  ['a bare CR in a value', `GET /blog/x HTTP/1.1\r\n${base}x: a\rb: c\r\n\r\n`, 400],
  ['a folded header', `GET /blog/x HTTP/1.1\r\n${base}x: a\r\n b\r\n\r\n`, 400],
  ['a space before the colon', `GET /blog/x HTTP/1.1\r\n${base}x : a\r\n\r\n`, 400],
  ['a NUL in a value', `GET /blog/x HTTP/1.1\r\n${base}x: a\0b\r\n\r\n`, 400],
  ['no host', 'GET /blog/x HTTP/1.1\r\nx-api-key: a-known-key\r\n\r\n', 400],
  ['two hosts', `GET /blog/x HTTP/1.1\r\nhost: h\r\n${base}\r\n`, 400],
  ['an upgrade', `GET /blog/x HTTP/1.1\r\n${base}connection: upgrade\r\nupgrade: websocket\r\n\r\n`, 400],
  ['HTTP/2 in the clear', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['an unknown version', `GET /blog/x HTTP/3.7\r\n${base}\r\n`, 400],
  ['an unknown method', `BREW /blog/x HTTP/1.1\r\n${base}\r\n`, 400],
  ['TRACE', `TRACE /blog/x HTTP/1.1\r\n${base}\r\n`, 405],
  ['PROPFIND', `PROPFIND /blog/x HTTP/1.1\r\n${base}\r\n`, 405],
  ['CONNECT', 'CONNECT blog:8000 HTTP/1.1\r\nhost: blog:8000\r\n\r\n', 400],
  ['an absolute target', `GET http://blog:8000/blog/x HTTP/1.1\r\n${base}\r\n`, 400],
  ['an asterisk', `OPTIONS * HTTP/1.1\r\n${base}\r\n`, 400],
  ['dot segments', `GET /blog/../auth/x HTTP/1.1\r\n${base}\r\n`, 400],
  ['encoded dot segments', `GET /auth/%2e%2e/blog/x HTTP/1.1\r\n${base}\r\n`, 400],
  ['an encoded slash in the prefix', `GET /blog%2Fx HTTP/1.1\r\n${base}\r\n`, 400],
  ['an encoded NUL', `GET /blog/%00 HTTP/1.1\r\n${base}\r\n`, 400],
  ['an empty segment', `GET //blog/x HTTP/1.1\r\n${base}\r\n`, 400],
  ['a backslash', `GET /blog\\x HTTP/1.1\r\n${base}\r\n`, 400],
  ['bytes above ASCII', `GET /blog/caf\xe9 HTTP/1.1\r\n${base}\r\n`, 400],
  ['headers of 100 kB', `GET /blog/x HTTP/1.1\r\n${base}x: ${'x'.repeat(100_000)}\r\n\r\n`, 431],
  ['headers just over 16 KiB', `GET /blog/x HTTP/1.1\r\n${base}x: ${'x'.repeat(16_400)}\r\n\r\n`, 431],
  ['a URL over 8 KiB', `GET /blog/${'x'.repeat(8_200)} HTTP/1.1\r\n${base}\r\n`, 414],
  ['a URL of 100 kB', `GET /blog/${'x'.repeat(100_000)} HTTP/1.1\r\n${base}\r\n`, 414],
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
];

test('framing: what two readers could read differently is refused in the envelope and reaches no service', async (t) => {
  const fixture = await openFixture(t);
  for (const [name, bytes, expected] of refused) {
    const { status, json, headers } = await sendRaw(fixture.port, bytes);
    assert.equal(status, expected, name);
    assert.deepEqual([json?.code, json?.status, typeof json?.message], ['10001', expected, 'string'], name);
    assert.equal(json?.requestId, headers.get('x-request-id'), name);
    assert.match(headers.get('content-type') ?? '', /^application\/json/, name);
  }
  assert.equal(fixture.blog.seen.length, 0);
});

test('framing: broken chunks end the request with 400, wherever the body was by then', async (t) => {
  const fixture = await openFixture(t, { blog: (incoming) => incoming.resume() });
  const head = `POST /blog/x HTTP/1.1\r\n${base}transfer-encoding: chunked\r\n\r\n`;
  const big = `${(100_000).toString(16)}\r\n${'x'.repeat(100_000)}\r\n`;
  for (const chunk of ['zz\r\n', '4\r\nabcdX\r\n', '-1\r\n', '0x4\r\nabcd\r\n', '4 \nabcd\r\n']) {
    for (const before of ['', '4\r\nabcd\r\n', big]) {
      const { status, json } = await sendRaw(fixture.port, head + before + chunk);
      assert.deepEqual([chunk, status, json?.status], [chunk, 400, 400]);
    }
  }
});

test('framing: a request smuggled behind a refused one is not read', async (t) => {
  const fixture = await openFixture(t);
  const smuggled = `GET /blog/smuggled HTTP/1.1\r\n${base}\r\n`;
  const bytes = `POST /blog/x HTTP/1.1\r\n${base}content-length: ${smuggled.length}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`;
  assert.equal((await sendRaw(fixture.port, bytes)).status, 400);
  assert.equal(fixture.blog.seen.length, 0);
});

test('framing: HTTP/1.0, lower-case percent escapes and headers of 15 kB are understood', async (t) => {
  const fixture = await openFixture(t);
  for (const bytes of [
    'GET /blog/x HTTP/1.0\r\nx-api-key: a-known-key\r\n\r\n',
    `GET /blog/%c3%a9 HTTP/1.1\r\n${base}\r\n`,
    `GET /blog/x HTTP/1.1\r\n${base}x: ${'x'.repeat(15_000)}\r\n\r\n`,
    `GET /blog/x?${'q'.repeat(8_000)} HTTP/1.1\r\n${base}\r\n`,
  ]) {
    assert.equal((await sendRaw(fixture.port, bytes)).status, 200, bytes.slice(0, 60));
  }
});
