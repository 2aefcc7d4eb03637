import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agent, request } from 'undici';
import { complaintsOf, type DeclaredBlog, openBlog } from './declared-blog.ts';

const correlated = (config: object) => [{ name: 'correlation-id', config }];
const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

async function ask({ gateway }: DeclaredBlog, headers: Record<string, string> = {}, dispatcher?: Agent) {
  const answer = await request(`${gateway.address}/blog/x`, { headers, ...(dispatcher && { dispatcher }) });
  const json = (await answer.body.json()) as { headers: Record<string, string> };
  return { answered: answer.headers, seen: json.headers };
}

test('correlation id: by default under Kong-Request-ID, one UUID for the process and a number, told to the service', async (t) => {
  const blog = await openBlog(t, correlated({}));
  const ids = [await ask(blog), await ask(blog)].map(({ seen }) => seen['kong-request-id'] ?? '');
  assert.match(ids.join(' '), new RegExp(`^(${uuid})#1 \\1#2$`));
  assert.equal((await ask(blog)).answered['kong-request-id'], undefined);
});

test('correlation id: a client keeps its own, and an empty one is none', async (t) => {
  const blog = await openBlog(
    t,
    correlated({ header_name: 'X-Trace', generator: 'uuid', echo_downstream: true }),
  );
  const kept = await ask(blog, { 'x-trace': 'mine' });
  assert.deepEqual([kept.seen['x-trace'], kept.answered['x-trace']], ['mine', 'mine']);
  const made = await ask(blog, { 'x-trace': '' });
  assert.match(made.seen['x-trace'] ?? '', new RegExp(`^${uuid}$`));
  assert.equal(made.answered['x-trace'], made.seen['x-trace']);
});

test('correlation id: failures of the gateway carry it too, instead of one that a service says', async (t) => {
  const refuse = { name: 'rate-limiting', config: { year: 1, limit_by: 'ip' } };
  const blog = await openBlog(t, [...correlated({ header_name: 'x-trace', echo_downstream: true }), refuse], {
    listener: (_request, response) => response.setHeader('x-trace', 'the service says').end('{"headers":{}}'),
  });
  assert.equal((await ask(blog, { 'x-trace': 'mine' })).answered['x-trace'], 'mine');
  const refused = await ask(blog, { 'x-trace': 'mine' });
  assert.deepEqual([refused.answered['x-trace'], typeof refused.answered['retry-after']], ['mine', 'string']);
});

test('correlation id: tracker tells where, and counts connections and the requests on each', async (t) => {
  const blog = await openBlog(t, correlated({ generator: 'tracker' }));
  const agents = [new Agent({ connections: 1 }), new Agent({ connections: 1 })] as const;
  t.after(() => Promise.all(agents.map((agent) => agent.close())));
  const ids: string[] = [];
  for (const agent of [agents[0], agents[0], agents[1]]) {
    ids.push((await ask(blog, {}, agent)).seen['kong-request-id'] ?? '');
  }
  const port = new URL(blog.gateway.address).port;
  const at = `127.0.0.1-${port}-${process.pid}`;
  for (const [index, numbers] of ['1-1', '1-2', '2-1'].entries()) {
    assert.match(ids[index] ?? '', new RegExp(`^${at}-${numbers}-\\d+\\.\\d{3}$`));
  }
});

test('correlation id: X-Request-ID is what the gateway does anyway; what it could not do is a complaint', async (t) => {
  const own = { header_name: 'X-Request-ID', generator: 'uuid', echo_downstream: true };
  const blog = await openBlog(t, correlated(own));
  const { answered, seen } = await ask(blog, { 'x-request-id': 'my-id' });
  assert.deepEqual([answered['x-request-id'], seen['x-request-id']], ['my-id', 'my-id']);
  const said = (config: object) => complaintsOf('correlation-id', { ...own, ...config }).join();
  assert.equal(said({}), '');
  assert.match(said({ echo_downstream: false }), /^echo_downstream must be true for X-Request-ID/);
  assert.match(said({ generator: 'tracker' }), /^generator must not be tracker/);
  assert.match(said({ generator: 'snowflake' }), /^generator must be one of uuid, uuid#counter, tracker$/);
  assert.match(
    said({ header_name: 'Content-Length' }),
    /^header_name must be the name of a header that does not belong/,
  );
});
