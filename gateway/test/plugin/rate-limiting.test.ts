import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { request } from 'undici';
import { openDeclared } from '../fixture.ts';
import { blogDeclaration, complaintsOf, type DeclaredBlog, openBlog } from './declared-blog.ts';

const limited = (config: object) => [{ name: 'rate-limiting', config: { policy: 'local', ...config } }];

/** 12 seconds into a minute, 34 minutes into an hour, of the first of May. */
const someTime = Date.UTC(2026, 4, 1, 10, 34, 12);

function stopClock(t: TestContext): void {
  t.mock.timers.enable({ apis: ['Date'], now: someTime });
}

async function ask(
  { gateway }: Pick<DeclaredBlog, 'gateway'>,
  path = '/blog/x',
  headers: Record<string, string> = {},
) {
  const answer = await request(gateway.address + path, { headers });
  return {
    status: answer.statusCode,
    headers: answer.headers,
    json: (await answer.body.json()) as Record<string, unknown>,
  };
}

test('rate limiting: headers say what is left and until when; then 429 with retry-after, in the envelope', async (t) => {
  stopClock(t);
  const blog = await openBlog(t, limited({ minute: 2, limit_by: 'ip' }));
  const first = await ask(blog);
  const told = Object.entries(first.headers).filter(([name]) => name.includes('ratelimit'));
  assert.deepEqual(Object.fromEntries(told), {
    'x-ratelimit-limit-minute': '2',
    'x-ratelimit-remaining-minute': '1',
    'ratelimit-limit': '2',
    'ratelimit-remaining': '1',
    'ratelimit-reset': '48',
  });
  assert.equal((await ask(blog)).headers['ratelimit-remaining'], '0');
  const { status, headers, json } = await ask(blog);
  assert.deepEqual([status, json.status, json.code, json.message], [429, 429, '10001', 'too many requests']);
  assert.equal(json.requestId, headers['x-request-id']);
  assert.deepEqual(
    [headers['retry-after'], headers['ratelimit-remaining'], headers['ratelimit-reset']],
    ['48', '0', '48'],
  );
  assert.equal(blog.blog.seen.length, 2);
});

test('rate limiting: a window is one of the calendar, and a new one begins at its first second', async (t) => {
  stopClock(t);
  const blog = await openBlog(t, limited({ minute: 1, limit_by: 'ip' }));
  assert.deepEqual([(await ask(blog)).status, (await ask(blog)).status], [200, 429]);
  t.mock.timers.setTime(someTime + 47_999);
  const last = await ask(blog);
  assert.deepEqual([last.status, last.headers['retry-after']], [429, '1']);
  t.mock.timers.setTime(someTime + 48_000);
  const next = await ask(blog);
  assert.deepEqual([next.status, next.headers['ratelimit-reset']], [200, '60']);
});

test('rate limiting: of several windows the one with the least left is told, and all by name', async (t) => {
  stopClock(t);
  const blog = await openBlog(t, limited({ second: 2, minute: 3, month: 3, limit_by: 'ip' }));
  const first = await ask(blog);
  assert.deepEqual([first.headers['ratelimit-limit'], first.headers['ratelimit-reset']], ['2', '1']);
  await ask(blog);
  const refused = await ask(blog);
  assert.deepEqual([refused.status, refused.headers['retry-after']], [429, '1']);
  t.mock.timers.setTime(someTime + 1_000);
  // What was refused counts nowhere: one of the minute's three is left, and of equals the longest window is told.
  const third = await ask(blog);
  const { headers } = third;
  assert.equal(third.status, 200);
  assert.deepEqual(
    ['second', 'minute', 'month'].map((name) => headers[`x-ratelimit-remaining-${name}`]),
    ['1', '0', '0'],
  );
  const untilJune = (Date.UTC(2026, 5, 1) - someTime) / 1_000 - 1;
  assert.deepEqual([headers['ratelimit-limit'], headers['ratelimit-reset']], ['3', String(untilJune)]);
});

test('rate limiting: by header each value counts for itself, and who sends none counts by address', async (t) => {
  stopClock(t);
  const blog = await openBlog(t, limited({ minute: 1, limit_by: 'header', header_name: 'X-API-Key' }));
  for (const key of ['one', 'two']) {
    assert.equal((await ask(blog, '/blog/x', { 'x-api-key': key })).status, 200, key);
    assert.equal((await ask(blog, '/blog/x', { 'x-api-key': key })).status, 429, key);
  }
  assert.equal((await ask(blog)).status, 200);
  assert.equal((await ask(blog, '/blog/x', { 'x-api-key': '' })).status, 429);
});

test('rate limiting: by address nothing that a client says of itself counts', async (t) => {
  stopClock(t);
  const blog = await openBlog(t, limited({ minute: 1, limit_by: 'ip' }));
  assert.equal((await ask(blog)).status, 200);
  for (const name of ['x-forwarded-for', 'x-real-ip', 'forwarded']) {
    assert.equal((await ask(blog, '/blog/x', { [name]: '192.0.2.9' })).status, 429, name);
  }
});

test('rate limiting: by path that path counts for all together, the others by address', async (t) => {
  stopClock(t);
  const blog = await openBlog(t, limited({ minute: 1, limit_by: 'path', path: '/blog/a' }));
  assert.deepEqual(
    [(await ask(blog, '/blog/a')).status, (await ask(blog, '/blog/%61?q=1')).status],
    [200, 429],
  );
  assert.deepEqual([(await ask(blog, '/blog/b')).status, (await ask(blog, '/blog/c')).status], [200, 429]);
});

test('rate limiting: a limit of one service leaves the others alone; by service one for everywhere counts each', async (t) => {
  stopClock(t);
  const { blog, gateway: first } = await openBlog(t, []);
  await first.close({ lingerMs: 0 });
  const service = (name: string, plugins: object[] = []) => ({
    name,
    url: 'http://blog:8000',
    plugins,
    routes: [{ name, paths: [`/${name}`] }],
  });
  const hostMap = `blog:8000=127.0.0.1:${blog.port}`;
  const open = (services: object[], plugins: object[]) =>
    openDeclared(t, JSON.stringify({ _format_version: '3.0', services, plugins }), { hostMap });
  const perMinute = limited({ minute: 1, limit_by: 'ip' });
  const own = await open([service('a', perMinute), service('b', perMinute), service('c')], []);
  for (const path of ['/a', '/b']) {
    assert.deepEqual([(await ask(own, path)).status, (await ask(own, path)).status], [200, 429], path);
  }
  assert.deepEqual([(await ask(own, '/c')).status, (await ask(own, '/c')).status], [200, 200]);
  const all = await open([service('a'), service('b')], limited({ minute: 1, limit_by: 'service' }));
  assert.deepEqual([(await ask(all, '/a')).status, (await ask(all, '/a')).status], [200, 429]);
  assert.deepEqual([(await ask(all, '/b')).status, (await ask(all, '/b')).status], [200, 429]);
  const together = await open([service('a'), service('b')], limited({ minute: 1, limit_by: 'ip' }));
  assert.deepEqual([(await ask(together, '/a')).status, (await ask(together, '/b')).status], [200, 429]);
});

test('rate limiting: headers can be hidden, and the refusal named; when to come back is said all the same', async (t) => {
  stopClock(t);
  const named = { hide_client_headers: true, error_code: 403, error_message: 'slow down' };
  const blog = await openBlog(t, limited({ hour: 1, limit_by: 'ip', ...named }));
  assert.equal(
    Object.keys((await ask(blog)).headers).some((name) => name.includes('ratelimit')),
    false,
  );
  const { status, json, headers } = await ask(blog);
  assert.deepEqual([status, json.message], [403, 'slow down']);
  assert.equal(headers['retry-after'], String(25 * 60 + 48));
});

test('rate limiting: a new declaration does not forget what was counted', async (t) => {
  stopClock(t);
  const blog = await openBlog(t, limited({ minute: 2, limit_by: 'ip' }));
  await ask(blog);
  await writeFile(blog.file, blogDeclaration(limited({ minute: 5, hour: 5, limit_by: 'ip' })));
  await blog.gateway.reload();
  const { headers } = await ask(blog);
  assert.deepEqual(
    [headers['x-ratelimit-remaining-minute'], headers['x-ratelimit-remaining-hour']],
    ['3', '4'],
  );
});

test('rate limiting: RATE_LIMIT=off turns every limit off', async (t) => {
  const blog = await openBlog(t, limited({ year: 1, limit_by: 'ip' }), { rateLimit: 'off', clientPerMin: 1 });
  for (let i = 0; i < 3; i++) assert.equal((await ask(blog)).status, 200);
});

test('client limit: an address has so many requests in a minute, whatever it asks for', async (t) => {
  stopClock(t);
  const blog = await openBlog(t, [], { clientPerMin: 2 });
  assert.deepEqual(
    [(await ask(blog, '/blog/a')).status, (await ask(blog, '/blog/health')).status],
    [200, 200],
  );
  const { status, json, headers } = await ask(blog, '/blog/b', { 'x-forwarded-for': '192.0.2.9' });
  assert.deepEqual([status, json.message, headers['retry-after']], [429, 'too many requests', '48']);
  t.mock.timers.setTime(someTime + 48_000);
  assert.equal((await ask(blog)).status, 200);
});

test('rate limiting: what makes no sense here is a complaint that says so', () => {
  const said = (config: object) => complaintsOf('rate-limiting', config);
  assert.deepEqual(said({ minute: 5, limit_by: 'ip', policy: 'local', sync_rate: -1 }), []);
  assert.match(
    said({ minute: 5 }).join(),
    /^limit_by must be ip, service, header or path: this gateway knows no consumer/,
  );
  assert.match(said({ minute: 5, limit_by: 'credential' }).join(), /^limit_by .*knows no credential/);
  assert.match(said({ limit_by: 'ip' }).join(), /^minute or another limit is required/);
  assert.match(
    said({ minute: 5, hour: 4, limit_by: 'ip' }).join(),
    /^hour cannot be lower than the limit for minute$/,
  );
  assert.match(said({ minute: 0, limit_by: 'ip' }).join(), /^minute must be a whole number from 1/);
  assert.match(
    said({ minute: 5, limit_by: 'header' }).join(),
    /^header_name is required when limit_by is header$/,
  );
  assert.match(
    said({ minute: 5, limit_by: 'header', header_name: 'a b' }).join(),
    /^header_name must be the name of a header/,
  );
  assert.match(said({ minute: 5, limit_by: 'path' }).join(), /^path is required when limit_by is path$/);
  assert.match(
    said({ minute: 5, limit_by: 'ip', policy: 'cluster' }).join(),
    /^policy must be local or redis/,
  );
  assert.match(
    said({ minute: 5, limit_by: 'ip', policy: 'redis' }).join(),
    /^redis\.host is required when policy is redis$/,
  );
  const redis = { host: 'redis', ssl: true, server_name: 'x' };
  assert.match(
    said({ minute: 5, limit_by: 'ip', policy: 'redis', redis }).join(' '),
    /^redis\.ssl must be false.* redis\.server_name has no/,
  );
  assert.match(said({ minute: 5, limit_by: 'ip', sync_rate: 0.5 }).join(), /^sync_rate must be -1/);
  assert.match(
    said({ minute: 5, limit_by: 'ip', redis_host: 'redis' }).join(),
    /^redis_host is not a field known here/,
  );
});
