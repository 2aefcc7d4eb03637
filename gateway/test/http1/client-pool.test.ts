// The client's connections against servers that say byte for byte what the test wants.
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { type Asker, Call } from '../../src/http1/client-call.ts';
import { ClientClosedError, ConnectionLostError, isConnectionLost } from '../../src/http1/client-errors.ts';
import { ClientPool, type ClientPoolOptions } from '../../src/http1/client-pool.ts';
import { ask } from '../../src/http1/client-question.ts';
import { type RequestParts, toClientRequest } from '../../src/http1/client-request.ts';
import { until } from '../fixture.ts';

interface Peer {
  readonly pool: ClientPool;
  /** Every connection that was made, in order. */
  readonly sockets: Socket[];
  /** What came over all of them. */
  readonly seen: { text: string; socket: Socket }[];
}

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** A server that hands over whatever comes, and a pool of connections to it. */
async function openPeer(
  t: TestContext,
  answer: (text: string, socket: Socket) => void,
  options: Partial<ClientPoolOptions> = {},
): Promise<Peer> {
  const sockets: Socket[] = [];
  const seen: Peer['seen'] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      seen.push({ text, socket });
      answer(text, socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const pool = new ClientPool(
    { host: '127.0.0.1', port },
    { connections: 4, connectTimeoutMs: 1_000, keepAliveMs: 60_000, ...options },
  );
  t.after(() => {
    pool.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { pool, sockets, seen };
}

interface Asked {
  readonly call: Call;
  /** What its asker heard, in words. */
  readonly heard: string[];
  readonly body: () => string;
  readonly failure: () => Error | undefined;
  readonly over: Promise<void>;
}

function send(pool: ClientPool, parts: Partial<RequestParts> = {}, takes = () => true): Asked {
  const heard: string[] = [];
  const chunks: Buffer[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  let failure: Error | undefined;
  const asker: Asker = {
    onSocket: () => void heard.push('socket'),
    onBodySent: () => void heard.push('piece'),
    onRequestSent: () => void heard.push('sent'),
    onHead: ({ status }) => void heard.push(String(status)),
    onWhole: (body) => void chunks.push(Buffer.from(body, 'latin1')),
    onData(chunk) {
      chunks.push(chunk);
      return takes();
    },
    onEnd() {
      heard.push('end');
      resolve();
    },
    onFailure(error) {
      heard.push('failure');
      failure = error;
      resolve();
    },
  };
  const call = new Call(toClientRequest({ method: 'GET', path: '/', lines: '', ...parts }, 'peer'), asker);
  pool.dispatch(call);
  return {
    call,
    heard,
    over: promise,
    body: () => Buffer.concat(chunks).toString('latin1'),
    failure: () => failure,
  };
}

async function answered(asked: Asked): Promise<string> {
  await asked.over;
  assert.equal(asked.failure(), undefined);
  return asked.body();
}

test('client: a connection is used again, the last one first, and no more are opened than allowed', async (t) => {
  const held: Socket[] = [];
  const { pool, sockets, seen } = await openPeer(t, (_text, socket) => void held.push(socket), {
    connections: 2,
  });
  const asked = ['/1', '/2', '/3', '/4'].map((path) => send(pool, { path }));
  await until('two requests', () => held.length === 2);
  assert.equal(sockets.length, 2);
  held[1]?.write(ok);
  await until('the third', () => held.length === 3);
  assert.equal(held[2], held[1], 'on the connection that became free');
  assert.match(seen[2]?.text ?? '', /^GET \/3 /);
  held[2]?.write(ok);
  await until('the fourth', () => held.length === 4);
  held[0]?.write(ok);
  held[3]?.write(ok);
  assert.deepEqual(await Promise.all(asked.map(answered)), ['ok', 'ok', 'ok', 'ok']);
  const last = seen.at(-1)?.socket;
  const again = send(pool);
  await until('the fifth', () => held.length === 5);
  assert.ok(held[4] === last || held[4] === held[0]);
  held[4]?.write(ok);
  await again.over;
  const next = send(pool);
  await until('the sixth', () => held.length === 6);
  assert.equal(held[5], held[4]);
  held[5]?.write(ok);
  await next.over;
  assert.equal(sockets.length, 2);
});

test('client: one that is not good for another request is closed: by its answer, its hint, or HEAD', async (t) => {
  let answer = '';
  const { pool, sockets } = await openPeer(t, (_text, socket) => void socket.write(answer));
  const after = async (text: string, method = 'GET') => {
    answer = text;
    const before = sockets.length;
    await answered(send(pool, { method }));
    const socket = sockets.at(-1);
    await until('it to close or stay', () => socket?.readableEnded === true || !text.includes('x-gone'));
    return sockets.length - before;
  };
  const head = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx-gone: 1\r\n';
  assert.equal(await after(`${head}connection: close\r\n\r\n`), 1);
  assert.equal(await after(`${head}keep-alive: timeout=2\r\n\r\n`), 1);
  assert.equal(await after(`${head}\r\n`, 'HEAD'), 1);
  assert.equal(await after(`${head}connection: close\r\n\r\n`), 1);
  const kept = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\nkeep-alive: timeout=75\r\n\r\n';
  assert.equal(await after(kept), 1);
  assert.equal(await after(kept), 0);
});

test('client: an idle connection is closed when its time is over, and before when something comes', async (t) => {
  const { pool, sockets } = await openPeer(t, (_text, socket) => void socket.write(ok), { keepAliveMs: 50 });
  await answered(send(pool));
  await until('it to be closed', () => sockets[0]?.readableEnded === true);
  const other = await openPeer(t, (_text, socket) => void socket.write(ok));
  for (const say of ['HTTP/1.1 408 Request Timeout\r\n\r\n', undefined]) {
    const before = other.sockets.length;
    await answered(send(other.pool));
    const socket = other.sockets.at(-1);
    if (say === undefined) socket?.end();
    else socket?.write(say);
    await until('it to be closed', () => socket?.readableEnded === true);
    assert.equal(await answered(send(other.pool)), 'ok');
    assert.equal(other.sockets.length, before + (say === undefined ? 1 : 2));
  }
});

test('client: a connection that closes before the end of an answer is a loss, one that says nonsense is none', async (t) => {
  let answer = '';
  const { pool } = await openPeer(t, (_text, socket) => socket.end(answer));
  for (const text of ['', 'HTTP/1.1 200', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhell']) {
    answer = text;
    const asked = send(pool);
    await asked.over;
    assert.ok(asked.failure() instanceof ConnectionLostError, text);
  }
  answer = 'nonsense\r\n\r\n';
  const asked = send(pool);
  await asked.over;
  assert.deepEqual(asked.heard, ['socket', 'sent', 'failure']);
  assert.equal(isConnectionLost(asked.failure()), false);
});

test('client: bytes after an answer spoil it, and are never read as the next one', async (t) => {
  const { pool, sockets } = await openPeer(t, (_text, socket) => void socket.write(ok + ok));
  for (const count of [1, 2]) {
    const asked = send(pool);
    await asked.over;
    assert.deepEqual(asked.heard, ['socket', 'sent', 'failure']);
    assert.equal(sockets.length, count);
  }
});

test('client: what is given up while it waits never goes out; while it connects, the connection is kept', async (t) => {
  const held: Socket[] = [];
  const { pool, sockets, seen } = await openPeer(t, (_text, socket) => void held.push(socket), {
    connections: 1,
  });
  let opened = 0;
  const count = () => void opened++;
  subscribe('net.client.socket', count);
  t.after(() => unsubscribe('net.client.socket', count));
  const connecting = send(pool, { path: '/connecting' });
  const waiting = send(pool, { path: '/waiting' });
  const running = send(pool, { path: '/running' });
  connecting.call.abort();
  waiting.call.abort();
  await until('the one that is left', () => held.length === 1);
  assert.match(seen[0]?.text ?? '', /^GET \/running /);
  assert.equal(opened, 1);
  const next = send(pool, { path: '/next' });
  running.call.abort();
  await until('a new connection', () => held.length === 2);
  assert.ok(sockets[0]?.readableEnded || sockets[0]?.destroyed);
  held[1]?.write(ok);
  assert.equal(await answered(next), 'ok');
  assert.deepEqual([connecting.heard, waiting.heard, running.heard], [[], [], ['socket', 'sent']]);
});

test('client: a streamed body goes out in chunks, or as long as was said, else the other side sees it fail', async (t) => {
  let text = '';
  const { pool, sockets } = await openPeer(t, (piece, socket) => {
    text += piece;
    if (text.endsWith('0\r\n\r\n') || text.endsWith('abcdef')) socket.write(ok);
  });
  const pieces = () => Readable.from([Buffer.from('abc'), Buffer.from('def')]);
  assert.equal(await answered(send(pool, { method: 'POST', body: pieces() })), 'ok');
  assert.ok(text.endsWith('\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n'), text);
  text = '';
  const said = send(pool, { method: 'POST', body: pieces(), bodyLength: 6 });
  assert.equal(await answered(said), 'ok');
  assert.deepEqual(said.heard, ['socket', 'piece', 'piece', 'sent', '200', 'end']);
  assert.equal(sockets.length, 1);
  for (const bodyLength of [5, 7]) {
    text = 'x';
    const wrong = send(pool, { method: 'POST', body: pieces(), bodyLength });
    await wrong.over;
    assert.equal(wrong.heard.at(-1), 'failure');
  }
  const broken = new Readable({ read() {} });
  const cut = send(pool, { method: 'POST', body: broken });
  await until('it is under way', () => cut.heard.length > 0);
  broken.destroy();
  await cut.over;
  assert.equal(cut.heard.at(-1), 'failure');
});

test('client: a body is read no faster than the other side takes it', async (t) => {
  const { pool, sockets } = await openPeer(t, (text, socket) => {
    if (text.startsWith('POST')) socket.pause();
    if (text.endsWith('0\r\n\r\n')) socket.write(ok);
  });
  const block = Buffer.alloc(64 * 1024, 'x');
  let given = 0;
  const total = 1_000;
  const body = new Readable({
    read() {
      given++;
      this.push(given > total ? null : block);
    },
  });
  const asked = send(pool, { method: 'POST', body });
  let before = -1;
  await until('it to be held back', () => {
    const still = given > 1 && given === before;
    before = given;
    return still;
  });
  assert.ok(given < total, `${given} blocks were taken`);
  sockets[0]?.resume();
  assert.equal(await answered(asked), 'ok');
});

test('client: an early answer is heard whole, and its connection is closed', async (t) => {
  const { pool, sockets } = await openPeer(t, (_text, socket) => void socket.write(ok));
  const body = new Readable({ read() {} });
  body.push(Buffer.from('beginning'));
  const asked = send(pool, { method: 'POST', body });
  assert.equal(await answered(asked), 'ok');
  assert.ok(!asked.heard.includes('sent'));
  await until('it to close', () => sockets[0]?.readableEnded === true);
  assert.equal(await answered(send(pool)), 'ok');
  assert.equal(sockets.length, 2);
});

test('client: an asker that takes no more holds the other side back, until it goes on', async (t) => {
  const total = 64 * 1024 * 1024;
  let unsent = () => 0;
  const { pool } = await openPeer(t, (_text, socket) => {
    unsent = () => socket.writableLength;
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${total}\r\n\r\n`);
    socket.write(Buffer.alloc(total, 'x'));
  });
  let taking = false;
  const asked = send(pool, {}, () => taking);
  let before = -1;
  await until('it to be held back', () => {
    const now = asked.body().length;
    const still = now > 0 && now === before;
    before = now;
    return still;
  });
  assert.ok(before < total / 2 && unsent() > 0, `${before} bytes were taken`);
  taking = true;
  asked.call.resume();
  assert.equal((await answered(asked)).length, total);
});

test('client: retired, it lets what runs and waits end; closed, it cuts it off', async (t) => {
  const held: Socket[] = [];
  const { pool, sockets } = await openPeer(t, (_text, socket) => void held.push(socket), { connections: 1 });
  const asked = [send(pool), send(pool)];
  await until('a request', () => held.length === 1);
  let retired = false;
  const retiring = pool.retire().then(() => {
    retired = true;
  });
  held[0]?.write(ok);
  await until('the next', () => held.length === 2);
  assert.equal(retired, false);
  held[1]?.write(ok);
  await retiring;
  assert.deepEqual(await Promise.all(asked.map(answered)), ['ok', 'ok']);
  await until('it to close', () => sockets[0]?.readableEnded === true);

  const other = await openPeer(t, () => undefined, { connections: 1 });
  const cut = [send(other.pool), send(other.pool)];
  await until('a request', () => other.seen.length === 1);
  other.pool.close();
  cut.push(send(other.pool));
  await Promise.all(cut.map(({ over }) => over));
  for (const { failure } of cut) assert.ok(failure() instanceof ClientClosedError);
});

test('client: a question has its whole answer, within its time and its size', async (t) => {
  let answer = ok;
  const { pool, sockets } = await openPeer(t, (_text, socket) => void socket.write(answer));
  const request = toClientRequest({ method: 'GET', path: '/', lines: '' }, 'peer');
  const dispatch = (call: Call) => pool.dispatch(call);
  const question = (signal: AbortSignal, maxBodyBytes = 2) =>
    ask(request, { signal, maxBodyBytes }, dispatch);
  const { status, body } = await question(AbortSignal.timeout(2_000));
  assert.deepEqual([status, body.toString()], [200, 'ok']);
  await assert.rejects(question(AbortSignal.timeout(2_000), 1), RangeError);
  answer = 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok';
  await assert.rejects(question(AbortSignal.timeout(30)), { name: 'TimeoutError' });
  await until('their connections to be closed', () => sockets.every((socket) => socket.readableEnded));
});
