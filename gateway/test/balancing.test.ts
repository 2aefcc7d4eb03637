// Several targets behind one name: who gets a request, who gets none, and what a client notices of it.
import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { type TestContext, test } from 'node:test';
import { request } from 'undici';
import { type Declared, openDeclared, openUpstream, sendJson, type Upstream, until } from './fixture.ts';

interface Balanced extends Declared {
  readonly upstreams: Upstream[];
}

const named =
  (name: string): RequestListener =>
  (_request, response) =>
    sendJson(response, 200, { name });

interface BalancedOptions {
  weights?: number[];
  /** Fields of the upstream besides name and targets, in YAML's flow style. */
  fields?: string;
  service?: string;
}

/** A gateway in front of `a`, `b` and `c`, which say their names. */
async function openBalanced(t: TestContext, options: BalancedOptions = {}): Promise<Balanced> {
  const { weights = [100, 100], fields = '', service = 'retries: 1' } = options;
  const upstreams = await Promise.all(weights.map((_, index) => openUpstream(named('abc'.charAt(index)))));
  t.after(() => Promise.all(upstreams.map((upstream) => upstream.close())));
  const targets = weights.map(
    (weight, index) => `{ target: "127.0.0.1:${upstreams[index]?.port}", weight: ${weight} }`,
  );
  const yaml = `
_format_version: "3.0"
upstreams: [{ name: things, targets: [${targets.join(', ')}], ${fields} }]
services:
  - { name: things, host: things, connect_timeout: 500, read_timeout: 1000, ${service}, routes: [{ name: things, paths: [/things] }] }
`;
  return { ...(await openDeclared(t, yaml)), upstreams };
}

interface AskedName {
  status: number;
  name: string | undefined;
  cookie: string | undefined;
}

async function ask(
  { gateway }: Declared,
  headers: Record<string, string> = {},
  method: 'GET' | 'POST' = 'GET',
  path = '/things/x',
): Promise<AskedName> {
  const answer = await request(gateway.address + path, { method, headers });
  const json = (await answer.body.json()) as { name?: string };
  const cookie = answer.headers['set-cookie'];
  return { status: answer.statusCode, name: json.name, cookie: Array.isArray(cookie) ? cookie[0] : cookie };
}

async function askMany(declared: Declared, count: number, headers: Record<string, string> = {}) {
  const answers: AskedName[] = [];
  for (let i = 0; i < count; i++) answers.push(await ask(declared, headers));
  return {
    statuses: [...new Set(answers.map(({ status }) => status))],
    counts: Object.fromEntries(
      [...'abc'].map((name) => [name, answers.filter((answer) => answer.name === name).length]),
    ),
  };
}

test('balancing: round-robin gives each its share by weight, and a weight of 0 nothing', async (t) => {
  const balanced = await openBalanced(t, { weights: [300, 100, 0] });
  const { counts } = await askMany(balanced, 40);
  assert.deepEqual(counts, { a: 30, b: 10, c: 0 });
});

test('balancing: least-connections asks the one that has less to do', async (t) => {
  const balanced = await openBalanced(t, { fields: 'algorithm: least-connections' });
  const [slow] = balanced.upstreams;
  assert.ok(slow);
  const held: (() => void)[] = [];
  slow.listener = (_request, response) => held.push(() => sendJson(response, 200, { name: 'a' }));
  const stuck = [ask(balanced), ask(balanced)];
  await until('a holds a request', () => held.length === 1);
  const { counts } = await askMany(balanced, 10);
  // While a holds one and b none, b is asked; whoever is equal takes turns, so a second request may meet a.
  assert.ok(Number(counts.b) >= 9, JSON.stringify(counts));
  for (const release of held) release();
  await Promise.all(stuck);
});

test('balancing: a consistent hash keeps a client at its target, and moves nobody else when one leaves', async (t) => {
  const fields = 'algorithm: consistent-hashing, hash_on: header, hash_on_header: x-user, hash_fallback: ip';
  const balanced = await openBalanced(t, { weights: [100, 100, 100], fields });
  const users = Array.from({ length: 60 }, (_, index) => `user-${index}`);
  const namesOf = () =>
    Promise.all(users.map(async (user) => (await ask(balanced, { 'x-user': user })).name));
  const before = await namesOf();
  assert.deepEqual(await namesOf(), before);
  for (const name of 'abc')
    assert.ok(before.filter((one) => one === name).length >= 8, `${name} of ${before}`);
  await balanced.upstreams[1]?.close();
  await namesOf();
  const after = await namesOf();
  users.forEach((user, index) => {
    if (before[index] !== 'b') assert.equal(after[index], before[index], user);
    else assert.notEqual(after[index], 'b', user);
  });
  const { counts } = await askMany(balanced, 6);
  assert.equal(Math.max(...Object.values(counts)), 6, 'without the header the address decides');
});

test('balancing: a hash by cookie gives one to who has none', async (t) => {
  const fields = 'algorithm: consistent-hashing, hash_on: cookie, hash_on_cookie: seat';
  const balanced = await openBalanced(t, { fields });
  const { cookie = '', name } = await ask(balanced);
  assert.match(cookie, /^seat=[0-9a-f-]{36}; Path=\/; HttpOnly; SameSite=Lax$/);
  const { counts } = await askMany(balanced, 8, { cookie: cookie.split(';')[0] ?? '' });
  assert.equal(counts[name ?? ''], 8);
  assert.equal((await ask(balanced, { cookie: cookie.split(';')[0] ?? '' })).cookie, undefined);
});

test('balancing: nobody notices a target that is gone, POSTs included, and it is left alone', async (t) => {
  const balanced = await openBalanced(t);
  await balanced.upstreams[0]?.close();
  const posts = await Promise.all(
    Array.from({ length: 6 }, () => ask(balanced, { 'content-length': '0' }, 'POST')),
  );
  assert.deepEqual([...new Set(posts.map(({ status, name }) => `${status} ${name}`))], ['200 b']);
  const { statuses, counts } = await askMany(balanced, 20);
  assert.deepEqual([statuses, counts.b], [[200], 20]);
});

test('balancing: who closes the connection with a good answer is about to leave, and gets no more while others stay', async (t) => {
  const balanced = await openBalanced(t);
  const [leaving] = balanced.upstreams;
  assert.ok(leaving);
  leaving.listener = (_request, response) => {
    response.setHeader('connection', 'close');
    sendJson(response, 200, { name: 'a' });
  };
  await askMany(balanced, 2);
  const seen = leaving.seen.length;
  assert.ok(seen >= 1);
  const { counts } = await askMany(balanced, 20);
  assert.deepEqual(counts, { a: 0, b: 20, c: 0 });
  assert.equal(leaving.seen.length, seen);
  await balanced.upstreams[1]?.close();
  assert.equal((await ask(balanced)).name, 'a', 'the last one left is asked all the same');
});

test('balancing: with no target left the answer is a 503 in the envelope, within its time', async (t) => {
  const balanced = await openBalanced(t);
  for (const upstream of balanced.upstreams) await upstream.close();
  const startedAt = performance.now();
  const answer = await request(`${balanced.gateway.address}/things/x`);
  const json = (await answer.body.json()) as Record<string, unknown>;
  assert.deepEqual([answer.statusCode, json.code, json.status], [503, '10001', 503]);
  assert.ok(performance.now() - startedAt < 1_500);
});

test('health: passive checks take a target out after its failures, active ones bring it back', async (t) => {
  const fields = `healthchecks: {
    passive: { unhealthy: { http_failures: 3, http_statuses: [500] } },
    active: { http_path: /well, healthy: { interval: 0, successes: 2 }, unhealthy: { interval: 0.1 } } }`;
  const balanced = await openBalanced(t, { fields });
  const [sick] = balanced.upstreams;
  assert.ok(sick);
  sick.listener = (_request, response) => sendJson(response, 500, { name: 'a' });
  const { counts } = await askMany(balanced, 20);
  assert.equal(counts.a, 3, 'an answer of the service is passed on, three times');
  assert.ok(
    balanced.log.some(
      ({ msg, target }) => /unhealthy/.test(String(msg)) && target === `127.0.0.1:${sick.port}`,
    ),
  );
  sick.listener = named('a');
  await until('it is asked again', () => balanced.log.some(({ msg }) => /healthy again/.test(String(msg))));
  assert.ok(sick.seen.some(({ url }) => url === '/well'));
  const again = await askMany(balanced, 10);
  assert.deepEqual(again.counts, { a: 5, b: 5, c: 0 });
});

test('health: active checks take out who does not answer in time, and with none left nobody is asked', async (t) => {
  const fields = `healthchecks: { active: {
    timeout: 0.1, healthy: { interval: 0.1, successes: 1 }, unhealthy: { interval: 0.1, timeouts: 1 } } }`;
  const balanced = await openBalanced(t, { fields });
  const hang: RequestListener = () => undefined;
  for (const upstream of balanced.upstreams) upstream.listener = hang;
  const unhealthy = () => balanced.log.filter(({ msg }) => msg === 'a target is unhealthy').length;
  await until('both are out', () => unhealthy() === 2);
  const startedAt = performance.now();
  assert.equal((await ask(balanced)).status, 503);
  assert.ok(performance.now() - startedAt < 500, 'at once');
  balanced.upstreams.forEach((upstream, index) => {
    upstream.listener = named('abc'.charAt(index));
  });
  await until(
    'both are back',
    () => balanced.log.filter(({ msg }) => /again/.test(String(msg))).length === 2,
  );
  assert.equal((await ask(balanced)).status, 200);
});

test('upstreams: faults of the declaration are named with their line', async (t) => {
  const fields = 'algorithm: latency, hash_on: header, slots: 3, healthchecks: { active: { type: grpc } }';
  await assert.rejects(openBalanced(t, { fields }), (error: Error) => {
    for (const words of [
      'algorithm must be one of round-robin, least-connections, consistent-hashing',
      'hash_on needs hash_on_header',
      'slots must be a whole number from 10 to 65536',
      'healthchecks.active.type must be one of http, tcp',
    ]) {
      assert.match(error.message, new RegExp(`kong\\.yml:3: upstreams\\[0\\]\\.${words}`));
    }
    return true;
  });
});
