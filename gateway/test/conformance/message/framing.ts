import assert from 'node:assert/strict';
import { once } from 'node:events';
import { openSocket, sendBytes } from '../harness/client.ts';
import { serviceOf } from '../harness/declaration.ts';
import { differs, type Expected } from '../harness/difference.ts';
import { assertFailure } from '../harness/envelope.ts';
import type { Area } from '../harness/suite.ts';

const get = (more: string) => `GET /blog/x HTTP/1.1\r\nhost: g\r\n${more}\r\n`;
const post = (headers: string, body: string) =>
  `POST /blog/x HTTP/1.1\r\nhost: g\r\n${headers}\r\n\r\n${body}`;
const chunked = (body: string) => post('transfer-encoding: chunked', body);

const lenient =
  'nginx, on which Kong stands, takes it as RFC 9112 section 2.2 allows; here it is a way to smuggle';
const proxied = 'Kong by itself passes an upgrade on; no service here has one';
const unparsed = 'to the parser of node it is no HTTP at all; to nginx it is a method';

/** Bytes and the status that answers them. None but a 200 may reach the service. */
const messages: [what: string, bytes: string, status: Expected<number>][] = [
  ['length and chunks', post('content-length: 4\r\ntransfer-encoding: chunked', '0\r\n\r\n'), 400],
  ['chunks and length', post('transfer-encoding: chunked\r\ncontent-length: 4', '0\r\n\r\n'), 400],
  ['two lengths', post('content-length: 4\r\ncontent-length: 5', 'abcde'), 400],
  ['the same length twice', post('content-length: 4\r\ncontent-length: 4', 'abcd'), 400],
  ['a length with a sign', post('content-length: +4', 'abcd'), 400],
  ['a negative length', post('content-length: -1', ''), 400],
  ['chunks in HTTP/1.0', 'POST /blog/x HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', 400],
  ['a bare LF', 'GET /blog/x HTTP/1.1\nhost: g\n\n', differs({ embedded: 400, kong: 200 }, lenient)],
  ['a folded header', get('x: a\r\n b\r\n'), 400],
  ['a space before the colon', get('x : a\r\n'), 400],
  ['a NUL in a value', get('x: a\0b\r\n'), 400],
  ['a bare CR in a value', get('x: a\rb: c\r\n'), 400],
  ['no host', 'GET /blog/x HTTP/1.1\r\n\r\n', 400],
  ['a chunk without a size', chunked('zz\r\n'), 400],
  ['a chunk with a negative size', chunked('-1\r\nabcd\r\n0\r\n\r\n'), 400],
  ['a chunk longer than it says', chunked('4\r\nabcdX\r\n0\r\n\r\n'), 400],
  ['TRACE', 'TRACE /blog/x HTTP/1.1\r\nhost: g\r\n\r\n', 405],
  [
    'an unknown method',
    'BREW /blog/x HTTP/1.1\r\nhost: g\r\n\r\n',
    differs({ embedded: 400, kong: 400, enveloped: 405 }, unparsed),
  ],
  [
    'an upgrade',
    get('connection: upgrade\r\nupgrade: websocket\r\n'),
    differs({ embedded: 400, kong: 200, enveloped: 400 }, proxied),
  ],
  ['HTTP/1.0', 'GET /blog/x HTTP/1.0\r\nhost: g\r\n\r\n', 200],
  ['chunks in mixed sizes', chunked('1\r\na\r\nA\r\n0123456789\r\n0\r\n\r\n'), 200],
  ['a chunk with an extension', chunked('4;x=y\r\nabcd\r\n0\r\n\r\n'), 200],
  ['lines before the request', `\r\n${get('')}`, 200],
];

/** Where one request ends and the next begins. */
export const framing: Area = {
  tests(test, name) {
    test('framing: what two readers could cut differently is refused and reaches no service', async (stage, t) => {
      const upstream = await stage.openUpstream(t, 'blog');
      await stage.load({ services: [serviceOf('blog', upstream)] });
      for (const [what, bytes, expected] of messages) {
        const before = upstream.seen.length;
        const status = stage.expected(expected);
        const answer = await sendBytes(stage.gateway.baseUrl, bytes);
        assert.equal(answer.status, status, what);
        // What nginx itself cannot read ends before any plugin of Kong, and in nginx’s own words.
        if (status !== 200 && name === 'embedded') assertFailure(answer, status, what);
        if (status !== 200) assert.equal(upstream.seen.length, before, what);
      }
    });

    test('framing: a request that hides behind a refused one is not read', async (stage, t) => {
      const upstream = await stage.openUpstream(t, 'blog');
      await stage.load({ services: [serviceOf('blog', upstream)] });
      const before = upstream.seen.length;
      const hidden = get('').replace('/x', '/hidden');
      const bytes = post(
        `content-length: ${5 + hidden.length}\r\ntransfer-encoding: chunked`,
        `0\r\n\r\n${hidden}`,
      );
      assert.equal((await sendBytes(stage.gateway.baseUrl, bytes)).status, 400);
      assert.equal(upstream.seen.length, before);
    });

    test('framing: who expects 100-continue is told to go on, and the service has the whole body', async (stage, t) => {
      const upstream = await stage.openUpstream(t, 'blog');
      await stage.load({ services: [serviceOf('blog', upstream)] });
      const socket = await openSocket(stage.gateway.baseUrl);
      t.after(() => socket.destroy());
      socket.write(post('expect: 100-continue\r\nconnection: close\r\ncontent-length: 5', ''));
      const [first] = await once(socket, 'data');
      assert.match(String(first), /^HTTP\/1\.1 100 /);
      socket.write('hello');
      let rest = '';
      for await (const chunk of socket) rest += chunk;
      assert.match(rest, /^HTTP\/1\.1 200 .*"bytes":5,/s);
    });

    test('framing: requests sent one behind the other are answered in their order', async (stage, t) => {
      const upstream = await stage.openUpstream(t, 'blog');
      await stage.load({ services: [serviceOf('blog', upstream)] });
      const socket = await openSocket(stage.gateway.baseUrl);
      t.after(() => socket.destroy());
      const paths = ['/one', '/two', '/three', '/four'];
      const last = paths.length - 1;
      const texts = paths.map((path, index) => {
        const text = get(index === last ? 'connection: close\r\n' : '');
        return text.replace('/x', path);
      });
      socket.write(texts.join(''));
      let answers = '';
      for await (const chunk of socket) answers += chunk;
      assert.deepEqual(
        [...answers.matchAll(/"url":"([^"]+)"/g)].map(([, url]) => url),
        paths,
      );
    });
  },
};
