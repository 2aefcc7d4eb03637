import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { type Operation, OperationChannel } from '@tsmicro/dependency';
import {
  Controller,
  createRouter,
  FaultLog,
  internal,
  notFound,
  RequestContext,
  type Routes,
  unavailable,
} from '@tsmicro/network';
import { ask, openShop, type Shop } from './bookshelf.ts';

let shop: Shop;
before(async () => {
  shop = await openShop();
});
after(() => shop.router.close());

const book = { title: 'Dune', tags: ['SF'] };

test('router: a success is code 10000, status 200, a message and the data', async () => {
  const { status, body } = await ask(shop, 'POST', '/books', book);
  assert.equal(status, 200);
  assert.deepEqual(body, { code: '10000', status: 200, message: 'book added', data: book });
});

test('router: a success without data has no data field', async () => {
  const { body } = await ask(shop, 'DELETE', '/books');
  assert.deepEqual(body, { code: '10000', status: 200, message: 'all gone' });
});

test('router: fields that the schema does not name never leave', async () => {
  const { body } = await ask(shop, 'GET', '/books/id/0123456789abcdefABCDEF01');
  assert.deepEqual(body.data, { id: '0123456789abcdefABCDEF01' });
});

test('router: a failure is code 10001 with the request id of the header', async () => {
  const { status, body, headers } = await ask(shop, 'GET', '/books/lost');
  assert.equal(status, 404);
  assert.deepEqual(body, {
    code: '10001',
    status: 404,
    message: 'no such book',
    requestId: headers.get('x-request-id'),
  });
});

test('router: an unknown path and a method that a path lacks are 404 in the envelope', async () => {
  for (const [method, path] of [
    ['GET', '/nowhere'],
    ['PATCH', '/books'],
    ['GET', '/Books'],
  ] as const) {
    const { status, body } = await ask(shop, method, path);
    assert.equal(status, 404, `${method} ${path}`);
    assert.equal(body.code, '10001');
  }
});

test('router: a trailing slash is accepted', async () => {
  const { status } = await ask(shop, 'GET', '/books/id/0123456789abcdef01234567/');
  assert.equal(status, 200);
});

test('router: a path parameter of any length that a URL may have is judged by its schema', async () => {
  const { status, body } = await ask(shop, 'GET', `/books/id/${'a'.repeat(8 * 1024 - '/books/id/'.length)}`);
  assert.equal(status, 400);
  assert.equal(body.message, 'id must be of length 24');
});

test('router: an unexpected error is a 500 that says nothing of its cause', async () => {
  const { status, body } = await ask(shop, 'GET', '/books/broken');
  assert.equal(status, 500);
  assert.equal(body.message, 'something went wrong');
  assert.doesNotMatch(JSON.stringify(body), /hunter2/);
});

test('router: the cause of a 500 is logged under its request id', async () => {
  const lines: { requestId?: string; err?: Error; path?: string }[] = [];
  const logger = { info() {}, warn() {}, error: (fields: object) => void lines.push(fields) };
  await using router = createRouter({ logger });
  router.loadControllers([
    new (class extends Controller {
      mountRoutes(routes: Routes): void {
        routes.get('/', {}, async () => {
          throw new Error('the cause');
        });
      }
    })('/'),
  ]);
  const address = await router.start({ host: '127.0.0.1', port: 0 });
  const response = await fetch(`${address}/?token=secret`, { headers: { 'x-request-id': 'known-7' } });
  assert.equal(response.status, 500);
  assert.equal(lines.length, 1);
  assert.equal(lines[0]?.requestId, 'known-7');
  assert.equal(lines[0]?.err?.message, 'the cause');
  assert.equal(lines[0]?.path, '/', 'a query may hold what no log should');
});

test('log: faults of ours are all logged; of a neighbour’s in thousands some are, and the others counted', async () => {
  const errors: object[] = [];
  const warnings: { notLogged?: number }[] = [];
  const log = new FaultLog({
    info() {},
    warn: (fields) => void warnings.push(fields),
    error: (fields) => void errors.push(fields),
  });
  const context = new RequestContext({ timeoutMs: 1_000 });
  for (let i = 0; i < 1_000; i++) {
    log.note(internal(new Error('the cause')), context, { path: '/' });
    log.note(unavailable(), context, { path: '/' });
    log.note(notFound('nothing here'), context, { path: '/' });
  }
  assert.equal(errors.length, 1_000);
  assert.equal(warnings.length, 20);
  const giveUpAt = performance.now() + 3_000;
  let more = 0;
  while (warnings.length === 20 && performance.now() < giveUpAt) {
    log.note(unavailable(), context, { path: '/' });
    more++;
    await setImmediate();
  }
  assert.equal(warnings.at(-1)?.notLogged, 980 + more - 1);
});

test('router: a dependency that is away is a 503 with retry-after', async () => {
  const { status, headers, body } = await ask(shop, 'GET', '/books/away');
  assert.equal(status, 503);
  assert.equal(headers.get('retry-after'), '1');
  assert.doesNotMatch(body.message, /ECONNREFUSED/);
});

test('router: a request id of the accepted form is taken over, any other made anew', async () => {
  const kept = await ask(shop, 'GET', '/books', undefined, { 'x-request-id': 'abc.DEF-1_2' });
  assert.equal(kept.headers.get('x-request-id'), 'abc.DEF-1_2');
  for (const bad of ['a b', 'x'.repeat(129), 'ü']) {
    const { headers } = await ask(shop, 'GET', '/books', undefined, {
      'x-request-id': Buffer.from(bad).toString('latin1'),
    });
    assert.match(headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}\.[0-9a-z]+$/);
  }
});

test('router: guards come before validation, and what they find is in the context', async () => {
  const refused = await ask(shop, 'PUT', '/books/guarded', { title: '' });
  assert.equal(refused.body.message, 'who are you?');
  const { body } = await ask(shop, 'PUT', '/books/guarded', book, { authorization: 'me' });
  assert.deepEqual(body.data, { caller: 'me' });
});

test('router: a handler that reads what no guard has set is a 500', async () => {
  assert.equal((await ask(shop, 'GET', '/books/forgotten')).status, 500);
});

test('router: a plain answer has no envelope', async () => {
  assert.deepEqual((await ask(shop, 'GET', '/books/plain')).body, { keys: [] });
});

test('router: data that is JSON already goes into the same envelope', async () => {
  const { status, headers, body } = await ask(shop, 'GET', '/books/kept');
  assert.equal(status, 200);
  assert.match(headers.get('content-type') ?? '', /^application\/json/);
  assert.deepEqual(body, { code: '10000', status: 200, message: 'success', data: { caller: 'kept' } });
});

test('router: a request whose time is over is not started', async () => {
  const before = shop.handled.length;
  const { status } = await ask(shop, 'POST', '/books', book, { 'x-deadline-ms': '0' });
  assert.equal(status, 504);
  assert.equal(shop.handled.length, before);
});

test('router: how long a client takes for its body is no part of the deadline', async () => {
  const socket = connect(Number(new URL(shop.address).port), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  const body = JSON.stringify(book);
  const head = `POST /books HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx-deadline-ms: 300\r\ncontent-length: ${body.length}\r\n\r\n`;
  socket.write(head + body.slice(0, 5));
  await new Promise((resolve) => setTimeout(resolve, 600));
  socket.write(body.slice(5));
  await once(socket, 'close');
  assert.match(text, /^HTTP\/1\.1 200/);
});

test('router: a request whose client leaves in the middle of its body is over, for who counts too', async () => {
  const begun = Promise.withResolvers<Operation>();
  const ended = Promise.withResolvers<Operation>();
  const channel = new OperationChannel('http.server');
  const stop = channel.subscribe({ onStart: begun.resolve, onEnd: ended.resolve });
  const socket = connect(Number(new URL(shop.address).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write('POST /books HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{"title":');
  await begun.promise;
  socket.resetAndDestroy();
  const late = sleep(2_000, 'never', { ref: false });
  const operation = await Promise.race([ended.promise, late]);
  stop();
  assert.ok(typeof operation === 'object');
  assert.deepEqual([operation.name, operation.status], ['/books', 400]);
});

test('router: a middleware sees every request, of unknown paths too', async () => {
  await using router = createRouter();
  const seen: string[] = [];
  router.loadRootMiddlewares([(request) => void seen.push(request.url)]);
  const address = await router.start({ host: '127.0.0.1', port: 0 });
  await fetch(`${address}/nowhere`);
  assert.deepEqual(seen, ['/nowhere']);
});

test('router: a port that is still held is waited for', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  await using router = createRouter();
  const starting = router.start({ host: '127.0.0.1', port });
  const early = await Promise.race([starting, new Promise((resolve) => setTimeout(resolve, 200, 'waits'))]);
  assert.equal(early, 'waits');
  holder.close();
  assert.equal(await starting, `http://127.0.0.1:${port}`);
  assert.equal((await fetch(await starting)).status, 404);
});

test('router: closing answers what runs, and twice is once', async () => {
  const router = createRouter();
  const started = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<string>();
  router.mount('GET', '/slow', async (exchange) => {
    started.resolve();
    exchange.send(200, ['content-type', 'text/plain'], await finish.promise);
  });
  const address = await router.start({ host: '127.0.0.1', port: 0 });
  const answer = fetch(`${address}/slow`);
  await started.promise;
  const closed = Promise.all([router.close(), router.close()]);
  finish.resolve('done');
  const response = await answer;
  assert.equal(await response.text(), 'done');
  assert.equal(response.headers.get('connection'), 'close');
  await closed;
  await assert.rejects(fetch(address));
});

test('router: what no route is there for may be answered otherwise, by who mounts that', async () => {
  await using router = createRouter();
  router.mountFallback((exchange) =>
    exchange.send(404, ['content-type', 'text/plain'], `no ${exchange.path}`),
  );
  const address = await router.start({ host: '127.0.0.1', port: 0 });
  const response = await fetch(`${address}/nowhere?x=1`);
  assert.deepEqual([response.status, await response.text()], [404, 'no /nowhere']);
});

test('router: a stream counts as answered with its head, and goes on for as long as its sender likes', async () => {
  const ended = Promise.withResolvers<Operation>();
  const stop = new OperationChannel<Operation>('http.server').subscribe({ onEnd: ended.resolve });
  await using router = createRouter();
  const more = Promise.withResolvers<void>();
  router.mount('GET', '/stream', (exchange) => {
    const body = exchange.beginStream(200, ['content-type', 'text/event-stream']);
    void more.promise.then(() => body?.end('data: at last\n\n'));
  });
  const address = await router.start({ host: '127.0.0.1', port: 0 });
  const response = await fetch(`${address}/stream`);
  assert.equal((await ended.promise).status, 200);
  stop();
  assert.equal(response.headers.get('content-length'), null);
  more.resolve();
  assert.equal(await response.text(), 'data: at last\n\n');
});
