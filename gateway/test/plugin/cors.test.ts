import assert from 'node:assert/strict';
import { test } from 'node:test';
import { request } from 'undici';
import { verifyKey } from '../fixture.ts';
import { complaintsOf, type DeclaredBlog, openBlog } from './declared-blog.ts';

const app = 'https://app.example.com';
const foreign = 'https://foreign.example';

const cors = (config: object) => ({ name: 'cors', config });

async function ask({ gateway }: DeclaredBlog, method: 'GET' | 'OPTIONS', headers: Record<string, string>) {
  const answer = await request(`${gateway.address}/blog/x`, { method, headers });
  const body = await answer.body.text();
  const said = Object.entries(answer.headers).filter(([name]) => /^(access-control-|vary)/.test(name));
  return { status: answer.statusCode, body, said: Object.fromEntries(said), headers: answer.headers };
}

const preflight = (blog: DeclaredBlog, origin: string, headers: Record<string, string> = {}) =>
  ask(blog, 'OPTIONS', { origin, 'access-control-request-method': 'PUT', ...headers });

test('cors: a preflight is answered before the key is asked for, and never reaches the service', async (t) => {
  const key = { name: 'apikey-auth-plugin', config: { verification_urls: ['http://blog:8000/verify'] } };
  const config = {
    origins: [app, 'https://other.example.com'],
    methods: ['GET', 'PUT'],
    headers: ['authorization', 'x-api-key'],
    exposed_headers: ['x-request-id'],
    credentials: true,
    max_age: 600,
  };
  const blog = await openBlog(t, [cors(config), key], { listener: verifyKey });
  const { status, body, said, headers } = await preflight(blog, app);
  assert.deepEqual([status, body, headers['content-length']], [200, '', '0']);
  assert.deepEqual(said, {
    'access-control-allow-origin': app,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET,PUT',
    'access-control-allow-headers': 'authorization,x-api-key',
    'access-control-max-age': '600',
    vary: 'Origin',
  });
  const refused = await ask(blog, 'GET', { origin: app });
  assert.deepEqual([refused.status, refused.said['access-control-allow-origin']], [401, app]);
  assert.equal(refused.said['access-control-expose-headers'], 'x-request-id');
  assert.equal(blog.blog.seen.length, 0);
});

test('cors: a foreign page is told neither an origin nor that it may send credentials, whatever the service says', async (t) => {
  const config = { origins: [app, 'https://other.example.com'], credentials: true };
  const blog = await openBlog(t, [cors(config)], {
    listener: (_incoming, response) => {
      response.setHeader('access-control-allow-origin', foreign);
      response.setHeader('access-control-allow-credentials', 'true');
      response.setHeader('vary', 'Accept-Encoding');
      response.end();
    },
  });
  assert.deepEqual((await ask(blog, 'GET', { origin: foreign })).said, {
    vary: ['Accept-Encoding', 'Origin'],
  });
  const { said } = await preflight(blog, foreign);
  assert.deepEqual(
    [said['access-control-allow-origin'], said['access-control-allow-credentials']],
    [undefined, undefined],
  );
  const own = (await ask(blog, 'GET', { origin: app })).said;
  assert.deepEqual(
    [own['access-control-allow-origin'], own['access-control-allow-credentials']],
    [app, 'true'],
  );
});

test('cors: without origins every page may read, and none may send credentials', async (t) => {
  const blog = await openBlog(t, [cors({})]);
  assert.deepEqual((await ask(blog, 'GET', { origin: foreign })).said, {
    'access-control-allow-origin': '*',
  });
  assert.deepEqual((await ask(blog, 'GET', {})).said, { 'access-control-allow-origin': '*' });
  const { said } = await preflight(blog, foreign, { 'access-control-request-headers': 'x-a, x-b' });
  assert.deepEqual(said, {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT',
    'access-control-allow-headers': 'x-a, x-b',
  });
});

test('cors: one origin is told to everybody; who shows none gets the headers unless they are kept back', async (t) => {
  const blog = await openBlog(t, [cors({ origins: [app], credentials: true })]);
  const { said } = await ask(blog, 'GET', { origin: foreign });
  assert.deepEqual(said, { 'access-control-allow-origin': app, vary: 'Origin' });
  assert.equal((await ask(blog, 'GET', {})).said['access-control-allow-origin'], app);
  const quiet = await openBlog(t, [cors({ origins: [app], allow_origin_absent: false })]);
  assert.deepEqual((await ask(quiet, 'GET', {})).said, {});
});

test('cors: an expression is held against the whole origin, or against the host where it names no scheme', async (t) => {
  const blog = await openBlog(t, [
    cors({ origins: ['https://[a-z]+\\.example\\.com', '(.*\\.)?hosts\\.example$'] }),
  ]);
  const allowed = async (origin: string) =>
    (await preflight(blog, origin)).said['access-control-allow-origin'];
  assert.equal(await allowed(app), app);
  assert.equal(await allowed('https://app.example.com:443'), app);
  assert.equal(await allowed('http://a.hosts.example:8080'), 'http://a.hosts.example:8080');
  for (const origin of [
    'https://app.example.com.evil.test',
    'http://app.example.com',
    'https://nothosts.example',
    'null',
  ]) {
    assert.equal(await allowed(origin), undefined, origin);
  }
});

test('cors: OPTIONS without what makes a preflight goes on; a preflight too where the service answers it', async (t) => {
  const blog = await openBlog(t, [cors({})]);
  assert.equal((await ask(blog, 'OPTIONS', { origin: app })).said['access-control-allow-origin'], '*');
  assert.equal(blog.blog.seen.length, 1);
  const open = await openBlog(t, [cors({ preflight_continue: true })]);
  const { said, body } = await preflight(open, app);
  assert.deepEqual([said, JSON.parse(body).method], [{}, 'OPTIONS']);
});

test('cors: a private network is opened only where it is asked for and allowed', async (t) => {
  const asked = { 'access-control-request-private-network': 'true' };
  const open = await openBlog(t, [cors({ private_network: true })]);
  assert.equal((await preflight(open, app, asked)).said['access-control-allow-private-network'], 'true');
  assert.equal((await preflight(open, app)).said['access-control-allow-private-network'], undefined);
  const shut = await openBlog(t, [cors({})]);
  assert.equal((await preflight(shut, app, asked)).said['access-control-allow-private-network'], undefined);
});

test('cors: credentials for every page are a complaint, also in the words of an expression', () => {
  const said = (config: object) => complaintsOf('cors', config).join();
  assert.equal(said({ origins: ['*'] }), '');
  assert.equal(said({ origins: [app, 'https://.*\\.example\\.com'], credentials: true }), '');
  for (const origins of [['*'], [app, '*'], [], ['.*'], ['https?://.+']]) {
    assert.match(
      said({ origins, credentials: true }),
      /^credentials must be false when origins lets every page in/,
    );
  }
  assert.match(said({ origins: ['https://['] }), /^origins\[0\] must be/i);
  assert.match(said({ methods: ['FETCH'] }), /^methods\[0\] must be one of GET/);
  assert.match(said({ headers: ['a b'] }), /^headers\[0\] must be the name of a header/);
  assert.match(said({ max_age: -1 }), /^max_age must be a whole number/);
});
