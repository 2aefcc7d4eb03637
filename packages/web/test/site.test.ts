import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type Operation, OperationChannel } from '@tsmicro/dependency';
import { Type } from '@tsmicro/schema';
import { type Server, startRedis } from '@tsmicro/stack';
import { redirect } from '../src/index.ts';
import { Browser } from './browser.ts';
import { TestGateway } from './test-gateway.ts';
import { startSite, type TestSite } from './test-site.ts';

const opened = new AsyncDisposableStack();
let redis: Server;
let gateway: TestGateway;
let site: TestSite;
const logged: object[] = [];
const note = (fields: object) => logged.push(fields);
const browser = new Browser();

before(async () => {
  redis = opened.use(await startRedis());
  gateway = opened.use(await new TestGateway().start());
  const logger = { info: note, warn: note, error: note };
  site = opened.use(await startSite(redis, gateway, { logger }));
});
after(() => opened.disposeAsync());
afterEach(() => {
  logged.length = 0;
});

test('site: a page is a whole document that a browser keeps to itself and lets nothing run in', async () => {
  const { status, headers, text } = await browser.get(`${site.url}/`);
  assert.equal(status, 200);
  assert.match(text, /^<!doctype html><title>Home<\/title>/);
  assert.equal(headers.get('content-type'), 'text/html; charset=utf-8');
  assert.equal(headers.get('cache-control'), 'no-store');
  const policy = headers.get('content-security-policy') ?? '';
  for (const rule of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "frame-ancestors 'none'",
  ]) {
    assert.ok(policy.split('; ').includes(rule), rule);
  }
  assert.doesNotMatch(policy, /unsafe|data:|\*/);
  assert.equal(headers.get('referrer-policy'), 'same-origin');
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin');
  assert.match(headers.get('permissions-policy') ?? '', /camera=\(\)/);
});

test('site: HEAD tells what GET would', async () => {
  const head = await fetch(`${site.url}/`, { method: 'HEAD', headers: { accept: 'text/html' } });
  const get = await browser.get(`${site.url}/`);
  assert.equal(head.status, 200);
  assert.equal(await head.text(), '');
  assert.equal(Number(head.headers.get('content-length')), Buffer.byteLength(get.text));
});

test('site: parameters and query arrive decoded, and what they hold stays text', async () => {
  const { text } = await browser.get(
    `${site.url}/say/${encodeURIComponent('<b>é & /')}?q=${encodeURIComponent('"x"')}`,
  );
  assert.match(text, /<main>&lt;b&gt;é &amp; \/ &quot;x&quot;<\/main>/);
});

test('site: a path that is not there is a 404 whatever is sent to it', async () => {
  const body = JSON.stringify({ a: 1 });
  const seen = await fetch(`${site.url}/nowhere`, { method: 'POST', body });
  assert.equal(seen.status, 404);
});

test('site: a path or a method that is not there is a page for people and the envelope for others', async () => {
  for (const seen of [await browser.get(`${site.url}/nowhere`), await browser.post(`${site.url}/mine`)]) {
    assert.equal(seen.status, 404);
    assert.match(seen.text, /<h1>Not found<\/h1>/);
    assert.ok(seen.headers.has('content-security-policy'));
  }
  const seen = await browser.get(`${site.url}/nowhere`, { accept: '*/*' });
  const requestId = seen.headers.get('x-request-id');
  assert.deepEqual(JSON.parse(seen.text), {
    code: '10001',
    status: 404,
    message: 'url not found',
    requestId,
  });
});

test('site: a fault of its own is logged whole, and its page says only under which number', async () => {
  const seen = await browser.get(`${site.url}/broken`, { 'x-request-id': 'request-of-the-test' });
  assert.equal(seen.status, 500);
  assert.match(seen.text, /Something went wrong/);
  assert.match(seen.text, /request-of-the-test/);
  assert.doesNotMatch(seen.text, /secret/);
  assert.match(String(Object(logged[0]).err), /a secret of the house/);
});

test('site: a layout that fails does not fail the answer', async () => {
  const layout = () => {
    throw new Error('no layout today');
  };
  await using crooked = await startSite(redis, gateway, { layout });
  const seen = await browser.get(crooked.url);
  assert.equal(seen.status, 500);
  assert.match(seen.text, /Something went wrong/);
});

test('site: a page that is not there at its deadline is a 504', async () => {
  const seen = await browser.get(`${site.url}/silent`, { 'x-deadline-ms': '300' });
  assert.equal(seen.status, 504);
  assert.match(seen.text, /took too long/);
});

test('site: a gateway that is away, or does not know the site, is not the visitor’s fault', async () => {
  await using stranger = await startSite(redis, gateway, { apiKey: 'of nobody' });
  const posted = await browser.post(`${stranger.url}/sign-in`, { password: 'right' });
  assert.match(posted.text, /not available right now/);
  const gone = await new TestGateway().start();
  await using alone = await startSite(redis, gone);
  await gone[Symbol.asyncDispose]();
  assert.match(
    (await browser.post(`${alone.url}/sign-in`, { password: 'right' })).text,
    /not available right now/,
  );
});

test('site: a form is taken from its own pages only', async () => {
  const url = `${site.url}/echo`;
  const { host } = new URL(site.url);
  const none = { 'sec-fetch-site': '' };
  const post = async (headers: Record<string, string>) =>
    (await new Browser().post(url, { text: 'words' }, headers)).status;
  assert.equal(await post({ 'sec-fetch-site': 'same-origin' }), 200);
  for (const from of ['cross-site', 'same-site', 'none'])
    assert.equal(await post({ 'sec-fetch-site': from }), 403, from);
  assert.equal(await post(none), 403, 'a site that does not say where a form comes from');
  const plain = async (headers: Record<string, string>) => {
    const body = new URLSearchParams({ text: 'words' });
    return (await fetch(url, { method: 'POST', body, headers })).status;
  };
  assert.equal(await plain({}), 403);
  assert.equal(await plain({ origin: `http://${host}` }), 200);
  assert.equal(await plain({ origin: 'null' }), 403);
  assert.equal(await plain({ origin: 'http://evil.example' }), 403);
  assert.equal(await plain({ origin: 'http://127.0.0.1:1' }), 403, 'another port is another site');
  assert.equal(
    await plain({ origin: 'http://blog.example:8000', 'x-forwarded-host': 'blog.example:8000' }),
    200,
  );
  const apart = { 'x-forwarded-host': 'blog.example', 'x-forwarded-port': '8000' };
  assert.equal(await plain({ origin: 'http://blog.example:8000', ...apart }), 200);
  assert.equal(await plain({ origin: 'http://blog.example:9000', ...apart }), 403);
});

test('site: what is no form, or too much of one, is refused in words', async () => {
  const url = `${site.url}/echo`;
  const lines = await browser.post(url, { text: 'a\r\nb' });
  assert.match(lines.text, /<main>a\nb<\/main>/);
  const big = await browser.post(url, { text: 'x'.repeat(1_100_000) });
  assert.equal(big.status, 413);
  assert.match(big.text, /too much text/);
  const headers = {
    accept: 'text/html',
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/json',
  };
  assert.equal((await fetch(url, { method: 'POST', body: '{}', headers })).status, 415);
});

test('site: who has to sign in comes back to where they were, after a form to the page that had it', async () => {
  const get = await browser.get(`${site.url}/mine?page=2`);
  assert.equal(get.headers.get('location'), '/sign-in?back=%2Fmine%3Fpage%3D2');
  await using asking = await startSite(redis, gateway, {
    mount: (one) => one.post('/guarded', (visit) => redirect(`/${visit.requirePerson().id}`)),
  });
  const post = await browser.post(`${asking.url}/guarded`, {}, { referer: `${asking.url}/read/x` });
  assert.equal(post.headers.get('location'), '/sign-in?back=%2Fread%2Fx');
  assert.equal((await browser.get(`${site.url}/mine`, { accept: 'application/json' })).status, 401);
});

test('site: a notice is said once, by the next page', async () => {
  const reader = new Browser();
  await reader.post(`${site.url}/sign-in`, { password: 'right' });
  assert.match((await reader.get(`${site.url}/`)).text, /<p id="notice">Welcome back<\/p>/);
  assert.match((await reader.get(`${site.url}/`)).text, /<p id="notice"><\/p>/);
});

test('site: the gateway is asked with the visitor’s address and request id, and the key of the site', async () => {
  const Echo = Type.Object({ headers: Type.Record(Type.String(), Type.Unknown()) });
  let headers: Readonly<Record<string, unknown>> = {};
  await using asking = await startSite(redis, gateway, {
    mount: (one) =>
      one.get('/asking', async ({ api }) => {
        ({ headers } = await api.get('/auth/echo', Echo));
        return redirect('/');
      }),
  });
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const came = {
    'x-forwarded-for': '1.2.3.4, 203.0.113.9',
    'x-request-id': 'r-1',
    'user-agent': 'a browser',
    traceparent,
  };
  await browser.get(`${asking.url}/asking`, came);
  assert.equal(headers['x-forwarded-for'], '203.0.113.9');
  assert.equal(headers['x-request-id'], 'r-1');
  assert.equal(headers['user-agent'], 'a browser');
  assert.equal(headers.traceparent, traceparent);
  assert.equal(headers['x-api-key'], gateway.apiKey);

  const traced = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
  const seen: Operation[] = [];
  const stop = new OperationChannel<Operation>('http.client').subscribe({
    onStart: (operation) => {
      operation.traceparent = traced;
    },
    onEnd: (operation) => seen.push(operation),
  });
  await browser.get(`${asking.url}/asking`, came);
  stop();
  assert.equal(headers.traceparent, traced, 'who traces sets the parent of what is sent on');
  assert.partialDeepStrictEqual(seen, [{ name: 'gateway', method: 'GET', status: 200 }]);
});
