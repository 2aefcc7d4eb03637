import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { openShop, type Shop } from './bookshelf.ts';

let shop: Shop;
before(async () => {
  shop = await openShop();
});
after(() => shop.router.close());

/** Sends bytes as they are and reads until the server closes the connection. */
function exchange(bytes: string): Promise<string> {
  const { port } = new URL(shop.address);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
    let received = '';
    socket.setTimeout(15_000, () => reject(new Error(`no end after: ${received}`)));
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}

const head = 'GET /books HTTP/1.1\r\nHost: x\r\nConnection: close\r\n';
const refused: [what: string, bytes: string, status: number][] = [
  ['garbage', 'not http at all\r\n\r\n', 400],
  ['an unknown method', 'BREW /books HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['CONNECT', 'CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['no host', 'GET /books HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
  ['a bare LF', 'GET /books HTTP/1.1\nHost: x\n\n', 400],
  ['two framings', `${head}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ['a coding besides chunked', `${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 400],
  ['another version', 'GET /books HTTP/2.0\r\nHost: x\r\n\r\n', 400],
  ['two lengths', `${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 400],
  ['an odd chunk', 'POST /books HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 400],
  ['another expectation', `${head}Expect: x\r\n\r\n`, 417],
  ['a long URL', `GET /${'a'.repeat(9_000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 414],
  ['a very long URL', `GET /${'a'.repeat(60_000)}`, 414],
  ['a large header', `${head}X-Large: ${'a'.repeat(17_000)}\r\n\r\n`, 431],
  [
    'many headers',
    `${head}${Array.from({ length: 1_000 }, (_, i) => `X-${i}: ${'a'.repeat(90)}\r\n`).join('')}\r\n`,
    431,
  ],
];

for (const [what, bytes, status] of refused) {
  test(`edge: ${what} is a ${status} in the envelope, and the server goes on`, async () => {
    const received = await exchange(bytes);
    assert.match(received, new RegExp(`^HTTP/1\\.1 ${status} `));
    const body = JSON.parse(received.slice(received.indexOf('\r\n\r\n') + 4));
    assert.equal(body.code, '10001');
    assert.equal(body.status, status);
    assert.match(received, new RegExp(`x-request-id: ${body.requestId}`, 'i'));
    assert.equal((await fetch(`${shop.address}/books`)).status, 200);
  });
}

test('edge: headers that never end are a 408 within 12 s', async () => {
  const startedAt = performance.now();
  const received = await exchange('GET /books HTTP/1.1\r\nHost: x\r\n');
  assert.match(received, /^HTTP\/1\.1 408 /);
  assert.ok(performance.now() - startedAt < 12_000);
});

test('edge: a client that says nothing does not hold up the closing', async () => {
  const brief = await openShop();
  const socket = connect(Number(new URL(brief.address).port), '127.0.0.1');
  const ended = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  // An answer on another connection: the server has accepted this one before.
  await fetch(`${brief.address}/books`);
  const startedAt = performance.now();
  await brief.router.close();
  await ended;
  assert.ok(performance.now() - startedAt < 2_000);
});

test('edge: requests in one packet are answered in order', async () => {
  const one = 'GET /books?page=1 HTTP/1.1\r\nHost: x\r\n\r\n';
  const last = 'GET /books?page=2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  const received = await exchange(one + last);
  assert.deepEqual(
    [...received.matchAll(/"page":(\d)/g)].map(([, page]) => page),
    ['1', '2'],
  );
});

test('edge: a connection whose answer went out before its body was read does not hold up the closing', async () => {
  await using shop = await openShop();
  const { port } = new URL(shop.address);
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => {});
  const length = 2 * 1024 * 1024;
  socket.write(`POST /books HTTP/1.1\r\nhost: a\r\ncontent-length: ${length}\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 413/);
  const startedAt = performance.now();
  const closed = shop.router.close();
  socket.write(Buffer.alloc(length));
  await closed;
  assert.ok(performance.now() - startedAt < 2_000, `${performance.now() - startedAt} ms`);
});
