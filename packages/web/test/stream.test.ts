import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Server, startRedis } from '@tsmicro/stack';
import { html, type Push } from '../src/index.ts';
import { Browser } from './browser.ts';
import { TestGateway } from './test-gateway.ts';
import { startSite, type TestSite } from './test-site.ts';

const opened = new AsyncDisposableStack();
const ending = new AbortController();
const pushes = new Set<Push>();
let redis: Server;
let gateway: TestGateway;
let site: TestSite;

before(async () => {
  redis = opened.use(await startRedis());
  gateway = opened.use(await new TestGateway().start());
  site = opened.use(await startStreaming(ending.signal));
});
after(() => opened.disposeAsync());

function startStreaming(signal: AbortSignal): Promise<TestSite> {
  return startSite(redis, gateway, {
    signal,
    mount(one) {
      one.stream('/live', (visit, push) => {
        pushes.add(push);
        push.send('hello', html`<b>${visit.query.get('name') ?? ''}</b>\nsecond line`);
        return () => pushes.delete(push);
      });
      one.stream('/guarded', (visit) => {
        visit.requirePerson();
        return () => undefined;
      });
    },
  });
}

async function open(url: string): Promise<IncomingMessage> {
  const [response] = await once(get(url, { agent: false }), 'response');
  return response;
}

/** Reads on until the text has what is looked for. */
async function readUntil(response: IncomingMessage, wanted: RegExp): Promise<string> {
  let text = '';
  for await (const chunk of response.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (wanted.test(text)) return text;
  }
  throw new Error(`the stream ended without ${wanted}: ${text}`);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

test('stream: events come as they are sent, every line of them, with a sign of life in between', async () => {
  const response = await open(`${site.url}/live?name=%3Ci%3E`);
  assert.equal(response.headers['content-type'], 'text/event-stream');
  assert.equal(response.headers['cache-control'], 'no-store');
  const text = await readUntil(response, /\n:\n/);
  assert.match(text, /^retry: \d+\n\nevent: hello\ndata: <b>&lt;i&gt;<\/b>\ndata: second line\n\n/);
  response.destroy();
  await until(() => pushes.size === 0);
});

test('stream: a viewer who does not read is let go of, and the others go on', async () => {
  const reading = await open(`${site.url}/live`);
  const lazy = connect(Number(new URL(site.url).port), '127.0.0.1');
  lazy.on('error', () => undefined);
  lazy.write('GET /live HTTP/1.1\r\nhost: x\r\n\r\n');
  lazy.pause();
  await until(() => pushes.size === 2);
  const [first] = pushes;
  reading.resume();
  const piece = 'x'.repeat(64 * 1024);
  while (pushes.size === 2) {
    for (const push of pushes) push.send('more', piece);
    await sleep(1);
  }
  assert.deepEqual([...pushes], [first]);
  assert.equal(first?.open, true);
  reading.destroy();
  lazy.destroy();
  await until(() => pushes.size === 0);
});

test('stream: a hundred may watch, one more is told to come back', async () => {
  const watching = await Promise.all(Array.from({ length: 100 }, () => open(`${site.url}/live`)));
  const one = await open(`${site.url}/live`);
  assert.equal(one.statusCode, 503);
  one.destroy();
  for (const response of watching) response.destroy();
  await until(() => pushes.size === 0);
});

test('stream: who may not see it gets the answer of a page', async () => {
  const seen = await new Browser().get(`${site.url}/guarded`, { accept: 'text/event-stream' });
  assert.equal(seen.status, 401);
  assert.equal(JSON.parse(seen.text).status, 401);
});

test('stream: at the end of the process every stream ends, and a new one at once: browsers ask elsewhere', async () => {
  const stop = new AbortController();
  await using leaving = await startStreaming(stop.signal);
  const response = await open(`${leaving.url}/live`);
  await until(() => pushes.size === 1);
  stop.abort();
  response.resume();
  await once(response, 'end');
  assert.equal(pushes.size, 0);
  const late = await open(`${leaving.url}/live`);
  assert.equal(late.statusCode, 200);
  assert.equal(await readUntil(late, /\n\n/), 'retry: 250\n\n');
  await once(late.resume(), 'end');
});
