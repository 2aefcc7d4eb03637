import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { type TestContext, test } from 'node:test';
import { type Fixture, type FixtureOptions, openFixture, sendJson } from './fixture.ts';

const openapi = {
  openapi: '3.1.1',
  info: { title: 'blog', version: '2.3.4', description: 'Blogs' },
  paths: {
    '/list': { get: { operationId: 'getList', tags: ['list'], summary: 'The newest', responses: {} } },
  },
};
const asyncapi = {
  asyncapi: '3.0.0',
  channels: { a: { address: 'blog.ask', messages: {} } },
  operations: { a: { action: 'receive', summary: 'Asks', channel: { $ref: '#/channels/a' }, messages: [] } },
};

/** A service that describes itself. */
const described: RequestListener = ({ url }, response) => {
  if (url === '/openapi.json') sendJson(response, 200, openapi);
  else if (url === '/asyncapi.json') sendJson(response, 200, asyncapi);
  else sendJson(response, 404, {});
};

async function open(t: TestContext, options: FixtureOptions = {}) {
  const fixture = await openFixture(t, { auth: described, blog: described, ...options });
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${fixture.port}${path}`, { redirect: 'manual', ...init });
  return { fixture, ask };
}

const asked = ({ blog }: Fixture, path: string) => blog.seen.filter(({ url }) => url === path).length;

test('docs: the pages name every service, operation and subject, without an API key', async (t) => {
  const { ask } = await open(t);
  const overview = await ask('/docs/');
  assert.equal(overview.status, 200);
  assert.equal(overview.headers.get('content-type'), 'text/html; charset=utf-8');
  const text = await overview.text();
  for (const words of [
    '/docs/auth/',
    '/docs/blog/#getList',
    '/blog/<wbr>list',
    'blog.<wbr>ask',
    '1 HTTP operation, 1 NATS endpoint',
  ]) {
    assert.ok(text.includes(words), words);
  }
  const page = await (await ask('/docs/blog/')).text();
  assert.match(page, /2\.3\.4/);
  assert.match(page, /Needs an API key\./);
  assert.match(page, /id="nats-blog\.ask"/);
});

test('docs: nothing inline is allowed to run, and nobody may frame a page', async (t) => {
  const { ask } = await open(t);
  const { headers } = await ask('/docs/');
  const policy = headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe|\*|data:|https?:/);
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
});

test('docs: every file that a page names is there, with its type, and the whole is light', async (t) => {
  const { ask } = await open(t);
  const page = await (await ask('/docs/')).text();
  const files = Array.from(page.matchAll(/(?:src|href)="(\/docs\/[^"/]+\.(css|js|svg))"/g));
  assert.deepEqual(files.map(([, , kind]) => kind).sort(), ['css', 'js', 'svg']);
  const types: Readonly<Record<string, RegExp>> = {
    css: /^text\/css/,
    js: /^text\/javascript/,
    svg: /^image\/svg/,
  };
  let bytes = page.length;
  for (const [, path = '', kind = ''] of files) {
    const file = await ask(path);
    assert.equal(file.status, 200, path);
    assert.match(file.headers.get('content-type') ?? '', types[kind] ?? /never/);
    bytes += (await file.arrayBuffer()).byteLength;
  }
  assert.ok(bytes < 100_000, `${bytes} bytes`);
});

test('docs: an unchanged page is not sent again', async (t) => {
  const { ask } = await open(t);
  for (const path of ['/docs/', '/docs/blog/', '/docs/docs.css', '/docs/blog/openapi.json']) {
    const first = await ask(path);
    await first.text();
    const second = await ask(path, { headers: { 'if-none-match': first.headers.get('etag') ?? '' } });
    assert.deepEqual([second.status, await second.text()], [304, ''], path);
    assert.equal(second.headers.get('content-length'), null);
  }
});

test('docs: the documents are those of the services, as the gateway lets them be reached', async (t) => {
  const { ask } = await open(t);
  assert.deepEqual(await (await ask('/docs/services.json')).json(), {
    services: ['auth', 'blog'].map((name) => ({
      name,
      away: null,
      openapi: `/docs/${name}/openapi.json`,
      asyncapi: `/docs/${name}/asyncapi.json`,
    })),
  });
  const document = (await (await ask('/docs/blog/openapi.json')).json()) as Record<string, unknown>;
  assert.deepEqual(document.servers, [{ url: '/blog', description: 'Through the gateway' }]);
  assert.deepEqual(await (await ask('/docs/blog/asyncapi.json')).json(), asyncapi);
});

test('docs: readers at once, and readers soon after, cost a service one question', async (t) => {
  const { ask, fixture } = await open(t);
  await Promise.all(Array.from({ length: 20 }, async () => (await ask('/docs/')).text()));
  await (await ask('/docs/blog/')).text();
  assert.equal(asked(fixture, '/openapi.json'), 1);
  assert.equal(asked(fixture, '/asyncapi.json'), 1);
});

const huge: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ ...openapi, padding: 'x'.repeat(3_000_000) }));
};
const troubles: [what: string, auth: RequestListener, said: RegExp][] = [
  ['is broken', (_request, response) => sendJson(response, 500, {}), /auth answers with status 500\./],
  ['cuts the connection', ({ socket }) => void socket.destroy(), /auth is away\./],
  ['says nothing', () => {}, /auth does not answer in time\./],
  [
    'has no description',
    (_request, response) => sendJson(response, 404, {}),
    /auth answers, but does not describe itself\./,
  ],
  [
    'sends no JSON object',
    (_request, response) => sendJson(response, 200, 'hello'),
    /auth answers with what is no description\./,
  ],
  ['sends too much', huge, /auth answers with what is no description\./],
];
for (const [what, auth, said] of troubles) {
  test(`docs: a service that ${what} is said to, in words, and the others are shown`, async (t) => {
    const { ask } = await open(t, { auth });
    const startedAt = performance.now();
    const page = await (await ask('/docs/auth/')).text();
    assert.ok(performance.now() - startedAt < 2_500);
    assert.match(page, said);
    assert.match(page, /\/docs\/blog\/#getList/);
    const document = await ask('/docs/auth/openapi.json');
    assert.equal(document.status, 503);
    assert.equal(document.headers.get('retry-after'), '1');
  });
}

test('docs: what a service said last is still shown, as what it said before', async (t) => {
  const { ask, fixture } = await open(t);
  await (await ask('/docs/')).text();
  const later = performance.now() + 11_000;
  t.mock.method(performance, 'now', () => later);
  fixture.blog.listener = (_request, response) => sendJson(response, 500, {});
  const page = await (await ask('/docs/blog/')).text();
  assert.match(page, /blog answers with status 500\. This is what it said before\./);
  assert.match(page, /id="getList"/);
});

test('docs: addresses are completed, unknown ones are a 404, and only reading is possible', async (t) => {
  const { ask, fixture } = await open(t);
  for (const [path, location] of [
    ['/docs', '/docs/'],
    ['/docs/blog', '/docs/blog/'],
  ] as const) {
    const answer = await ask(path);
    assert.deepEqual([answer.status, answer.headers.get('location')], [308, location]);
  }
  for (const path of [
    '/docs/nobody/',
    '/docs/blog/x',
    '/docs/blog/openapi.json/',
    '/docs/package.json',
    '/docs/constructor',
    '/docsx',
  ]) {
    const answer = await ask(path);
    assert.equal(answer.status, 404, path);
    assert.equal(((await answer.json()) as { code: string }).code, '10001');
  }
  assert.equal((await ask('/docs/..%2fconfig.ts')).status, 400);
  const head = await ask('/docs/', { method: 'HEAD' });
  assert.deepEqual([head.status, await head.text()], [200, '']);
  const post = await ask('/docs/', { method: 'POST', body: '{}' });
  assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD']);
  assert.equal(((await post.json()) as { status: number }).status, 405);
  assert.equal(fixture.log.length, 0, 'nobody is woken for that');
});

test('docs: switched off there is nothing, and no service is asked', async (t) => {
  const { ask, fixture } = await open(t, { docs: 'off' });
  assert.equal((await ask('/docs/')).status, 404);
  assert.equal(asked(fixture, '/openapi.json'), 0);
});
