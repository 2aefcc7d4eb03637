import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { notFound, unavailable } from '@tsmicro/network';
import { type Server, startRedis } from '@tsmicro/stack';
import { sampleSnapshot } from './sample.ts';
import { startConsole, type TestConsole } from './test-console.ts';

const opened = new AsyncDisposableStack();
let redis: Server;
let open: TestConsole;
let closed: TestConsole;

async function sendAgain(sequence: number): Promise<void> {
  if (sequence === 404) throw notFound('no parked event 404');
  if (sequence === 503) throw unavailable('blog-auth does not answer');
}

before(async () => {
  redis = opened.use(await startRedis());
  open = opened.use(await startConsole(redis, { open: true, sendAgain }));
  closed = opened.use(await startConsole(redis, { open: false }));
});
after(() => opened.disposeAsync());

const headers = { accept: 'text/html', 'sec-fetch-site': 'same-origin' };
const visit = (url: string, init: RequestInit = {}) => fetch(url, { headers, redirect: 'manual', ...init });

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, `${condition} within 5 s`);
    await sleep(5);
  }
}

async function stream(url: string): Promise<{ events: string[]; response: IncomingMessage }> {
  const [response]: IncomingMessage[] = await once(get(url, { agent: false }), 'response');
  assert.ok(response);
  const events: string[] = [];
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (text + chunk).split('\n\n');
    text = parts.pop() ?? '';
    events.push(...parts.filter((part) => part.startsWith('event: ')));
  });
  response.on('error', () => undefined);
  return { events, response };
}

test('live: a page shows the system as it is at load, and leaves', async () => {
  open.watch.latest = undefined;
  const page = visit(`${open.url}/console`);
  await until(() => open.watch.viewers === 1);
  open.watch.show(sampleSnapshot);
  const response = await page;
  assert.equal(response.status, 200);
  assert.match(await response.text(), /Redis cannot be reached/);
  assert.equal(open.watch.viewers, 0);
});

test('live: what was seen a moment ago is shown at once, what is older is looked at anew', async () => {
  open.watch.latest = { ...sampleSnapshot, at: Date.now() };
  assert.equal((await visit(`${open.url}/console/traffic`)).status, 200);
  open.watch.latest = { ...sampleSnapshot, at: Date.now() - 10_000 };
  const page = visit(`${open.url}/console/traffic`);
  await until(() => open.watch.viewers === 1);
  open.watch.show(sampleSnapshot);
  assert.equal((await page).status, 200);
});

test('live: a page whose sources say nothing says that, and does not wait for long', async () => {
  open.watch.latest = undefined;
  const text = await (await visit(`${open.url}/console/events`)).text();
  assert.match(text, /Nothing is known of the system yet/);
});

test('live: every moment is told, and the view only when it shows something else', async () => {
  const { events, response } = await stream(`${open.url}/console/live?view=events`);
  await until(() => open.watch.viewers === 1);
  open.watch.show(sampleSnapshot);
  open.watch.show({ ...sampleSnapshot, at: sampleSnapshot.at + 1_000 });
  open.watch.show({ ...sampleSnapshot, at: sampleSnapshot.at + 2_000, parked: [] });
  await until(() => events.at(-1)?.includes('No event is parked') === true);
  const names = events.map((event) => /^event: (\w+)/.exec(event)?.[1]);
  assert.deepEqual(names, ['tick', 'view', 'tick', 'tick', 'view']);
  assert.equal(events[2], 'event: tick\ndata: 12:04:32');
  assert.match(events[1] ?? '', /name is required/);
  assert.match(events[4] ?? '', /No event is parked/);
  response.destroy();
  await until(() => open.watch.viewers === 0);
});

test('live: the stream of a page knows what the page was asked for', async () => {
  const text = await (async () => {
    open.watch.latest = { ...sampleSnapshot, at: Date.now() };
    return (await visit(`${open.url}/console/traffic?service=auth&sort=p95`)).text();
  })();
  const [, address = ''] = /data-stream="([^"]*)"/.exec(text) ?? [];
  const { events, response } = await stream(`${open.url}${address.replaceAll('&amp;', '&')}`);
  await until(() => open.watch.viewers === 1);
  open.watch.show(sampleSnapshot);
  await until(() => events.length === 2);
  assert.match(events[1] ?? '', /signin\/<wbr>basic/);
  assert.doesNotMatch(events[1] ?? '', /list\/<wbr>latest/);
  response.destroy();
  await until(() => open.watch.viewers === 0);
});

test('live: there is no stream of a view that does not exist', async () => {
  assert.equal((await visit(`${open.url}/console/live?view=secrets`)).status, 404);
  assert.equal(open.watch.viewers, 0);
});

test('access: where the console is closed a stranger is led to the sign-in, and nothing is asked of the system', async () => {
  const pages = ['', '/traffic', '/slow', '/events', '/keys', '/keys/new', '/keys/k1', '/users'];
  for (const page of pages) {
    const response = await visit(`${closed.url}/console${page}`);
    const back = encodeURIComponent(`/console${page}`);
    assert.equal(response.status, 303, page);
    assert.equal(response.headers.get('location'), `/console/sign-in?back=${back}`, page);
  }
  const forms = [
    '/keys/new',
    '/keys/k1/rotate',
    '/keys/k1/revoke',
    '/users/u1/roles',
    '/users/u1/status',
    '/events/parked/7/again',
  ];
  for (const form of forms) {
    const response = await visit(`${closed.url}/console${form}`, {
      method: 'POST',
      body: new URLSearchParams(),
    });
    assert.ok(
      response.status === 303 && response.headers.get('location')?.startsWith('/console/sign-in'),
      form,
    );
  }
  const live = await visit(`${closed.url}/console/live?view=map`);
  assert.notEqual(live.headers.get('content-type'), 'text/event-stream');
  assert.equal(closed.watch.viewers, 0);
});

test('access: where the console is open, keys and users are not', async () => {
  for (const page of ['/keys', '/keys/new', '/users']) {
    const response = await visit(`${open.url}/console${page}`);
    assert.match(response.headers.get('location') ?? '', /^\/console\/sign-in\?back=/, page);
  }
});

test('events: what came of sending a parked event again is said in words', async () => {
  const outcomes: [sequence: number, words: RegExp][] = [
    [7, /Event 7 was handled and is parked no more\./],
    [404, /not parked any more/],
    [503, /Event 503 stays parked: blog-auth does not answer\. Is the service running\?/],
  ];
  for (const [sequence, words] of outcomes) {
    const path = `/console/events/parked/${sequence}/again`;
    const response = await visit(`${open.url}${path}`, { method: 'POST', body: new URLSearchParams() });
    assert.equal(response.status, 303);
    assert.equal(response.headers.get('location'), '/console/events#parked');
    const cookie = response.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    open.watch.latest = { ...sampleSnapshot, at: Date.now() };
    const shown = await visit(`${open.url}/console/events`, { headers: { ...headers, cookie } });
    assert.match(await shown.text(), words);
  }
  const odd = await visit(`${open.url}/console/events/parked/x/again`, {
    method: 'POST',
    body: new URLSearchParams(),
  });
  assert.equal(odd.status, 400);
});

test('session: with the gateway away the sign-in says so, and keeps what was filled in', async () => {
  const body = new URLSearchParams({
    email: 'ada@example.com',
    password: 'changeit',
    back: '//other.example',
  });
  const response = await visit(`${open.url}/console/sign-in`, { method: 'POST', body });
  const text = await response.text();
  assert.match(text, /role="alert"/);
  assert.match(text, /value="ada@example\.com"/);
  assert.doesNotMatch(text, /changeit|other\.example/);
});

test('layout: the page of now is marked, and everything that it refers to is there', async () => {
  open.watch.latest = { ...sampleSnapshot, at: Date.now() };
  const text = await (await visit(`${open.url}/console/slow`)).text();
  assert.match(text, /<a href="\/console\/slow" aria-current="page">/);
  const assets = Array.from(text.matchAll(/(?:href|src)="(\/console\/assets\/[^"]+)"/g), ([, path]) => path);
  assert.ok(assets.length >= 6);
  for (const path of assets) assert.equal((await visit(`${open.url}${path}`)).status, 200, path);
});
