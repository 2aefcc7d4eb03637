import assert from 'node:assert/strict';
import { hash, randomBytes } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type TestContext, test } from 'node:test';
import { OperationChannel } from '@tsmicro/dependency';
import { openRedis } from '@tsmicro/redis';
import { type Server, startRedis } from '@tsmicro/stack';
import { request } from 'undici';
import { until } from '../fixture.ts';
import { type DeclaredBlog, openBlog } from './declared-blog.ts';

const database = 15;

async function openServer(t: TestContext, own = false): Promise<Server> {
  const server = await startRedis(own ? {} : { url: process.env.REDIS_URL });
  t.after(() => server[Symbol.asyncDispose]());
  return server;
}

/** A gateway that counts by a header in this Redis; what is sent in the header belongs to this test alone. */
async function openLimited(
  t: TestContext,
  server: Server,
  config: object,
  environment: Record<string, string> = {},
): Promise<DeclaredBlog> {
  const redis = { host: 'redis', port: 6_379, database };
  const counted = { limit_by: 'header', header_name: 'x-who', policy: 'redis', redis, ...config };
  const hostMap = `redis:6379=${server.host}:${server.port}`;
  return await openBlog(t, [{ name: 'rate-limiting', config: counted }], { hostMap, environment });
}

const someone = () => randomBytes(8).toString('hex');

interface Asked {
  readonly status: number;
  readonly left: number;
  readonly tookMs: number;
}

async function ask({ gateway }: DeclaredBlog, who: string): Promise<Asked> {
  const startedAt = performance.now();
  const answer = await request(`${gateway.address}/blog/x`, { headers: { 'x-who': who } });
  await answer.body.dump();
  const left = Number(answer.headers['ratelimit-remaining']);
  return { status: answer.statusCode, left, tookMs: performance.now() - startedAt };
}

function measureLag() {
  const lag = monitorEventLoopDelay({ resolution: 1 });
  lag.enable();
  return lag;
}

/** Nobody waited for Redis longer than a command may take; what a busy machine does to everybody is not its doing. */
function assertQuick(asked: readonly Asked[], lag: ReturnType<typeof measureLag>): void {
  lag.disable();
  const slowestMs = Math.max(...asked.map(({ tookMs }) => tookMs));
  const lagMs = lag.max / 1e6;
  assert.ok(slowestMs < 150 + 3 * lagMs, `the slowest took ${slowestMs} ms, at ${lagMs} ms of lag`);
}

/** Waits until this gateway counts in Redis: until another one sees what it counts. */
async function untilShared(one: DeclaredBlog, other: DeclaredBlog): Promise<void> {
  let shared = false;
  const look = async () => {
    const who = someone();
    await ask(one, who);
    await ask(other, who);
    shared = (await ask(one, who)).left === (await ask(other, who)).left + 1;
  };
  const deadline = performance.now() + 10_000;
  while (!shared && performance.now() < deadline) await look();
  assert.ok(shared, 'two gateways count together within 10 s');
}

/** Asks until all was counted in Redis: on a busy machine it may answer too late for some, which are counted elsewhere. */
async function inRedis(askMany: () => Promise<Asked[]>): Promise<Asked[]> {
  for (const deadline = performance.now() + 20_000; performance.now() < deadline; ) {
    let counted = 0;
    const end = new OperationChannel('redis').subscribe({
      onEnd: ({ name, error }) => {
        if (name === 'take' && error === undefined) counted++;
      },
    });
    const asked = await askMany();
    end();
    if (counted === asked.length) return asked;
  }
  throw new Error('Redis was too slow for 20 s');
}

const countOf = (asked: readonly Asked[], status: number) =>
  asked.filter((one) => one.status === status).length;

test('redis rate limiting: two gateways share one count, and let not one too many pass', async (t) => {
  const server = await openServer(t);
  const one = await openLimited(t, server, { day: 50 });
  const other = await openLimited(t, server, { day: 50 });
  await untilShared(one, other);
  const asked = await inRedis(() => {
    const who = someone();
    return Promise.all(Array.from({ length: 80 }, (_, i) => ask(i % 2 === 0 ? one : other, who)));
  });
  assert.deepEqual([countOf(asked, 200), countOf(asked, 429)], [50, 30]);
});

test('redis rate limiting: several windows in one step, what is refused counts nowhere, and every key ends', async (t) => {
  const server = await openServer(t);
  const one = await openLimited(t, server, { day: 20, year: 100 });
  const other = await openLimited(t, server, { day: 20, year: 100 });
  await untilShared(one, other);
  let who = '';
  const asked = await inRedis(() => {
    who = someone();
    return Promise.all(Array.from({ length: 25 }, () => ask(one, who)));
  });
  assert.equal(countOf(asked, 429), 5);
  const redis = await openRedis({ host: server.host, port: server.port, db: database });
  t.after(() => redis.close());
  const digest = hash('sha256', who, 'base64url');
  const keys = await redis.run((client) => client.keys(`ratelimit:*${digest}*`));
  assert.deepEqual(keys.map((key) => key.replace(/\d+$/, '')).sort(), [
    `ratelimit:{everywhere ${digest}}:day:`,
    `ratelimit:{everywhere ${digest}}:year:`,
  ]);
  assert.deepEqual(await redis.run((client) => client.mGet(keys)), ['20', '20']);
  const lives = await Promise.all(keys.map((key) => redis.run((client) => client.pTTL(key))));
  assert.ok(
    lives.every((ttlMs) => ttlMs > 0 && ttlMs <= 366 * 86_400_000 + 5_000),
    lives.join(),
  );
});

test('redis rate limiting: a Redis that dies costs nobody time; counting goes on here, and together when it is back', async (t) => {
  const server = await openServer(t, true);
  const one = await openLimited(t, server, { day: 1_000_000 });
  const other = await openLimited(t, server, { day: 1_000_000 });
  await untilShared(one, other);
  const who = someone();
  for (let i = 0; i < 10; i++) await ask(one, who);
  const asked: Asked[] = [];
  const lag = measureLag();
  let loading = true;
  const load = Promise.all(
    Array.from({ length: 8 }, async () => {
      while (loading) asked.push(await ask(one, who));
    }),
  );
  await until('load', () => asked.length > 200);
  await server.kill();
  const died = asked.length;
  await until('load without Redis', () => asked.length > died + 500);
  await server.start();
  await untilShared(one, other);
  loading = false;
  await load;
  assert.ok(asked.every(({ status }) => status === 200));
  assertQuick(asked, lag);
  // It went on from what Redis had said last: nobody got a new allowance while Redis was away.
  const away = asked.slice(died + 50, died + 450).map(({ left }) => left);
  assert.ok(Math.max(...away) < 1_000_000 - 200, `${Math.max(...away)} left`);
});

test('redis rate limiting: a Redis that hangs is waited for once, for a tenth of a second', async (t) => {
  const server = await openServer(t, true);
  const one = await openLimited(t, server, { day: 100 });
  const other = await openLimited(t, server, { day: 100 });
  await untilShared(one, other);
  server.pause();
  t.after(() => server.resume());
  const who = someone();
  let takes = 0;
  const end = new OperationChannel('redis').subscribe({ onStart: ({ name }) => name === 'take' && takes++ });
  const asked: Asked[] = [];
  const lag = measureLag();
  for (let i = 0; i < 20; i++) asked.push(await ask(one, who));
  end();
  assertQuick(asked, lag);
  assert.ok(takes <= 1, `${takes} requests waited for Redis`);
  assert.equal((await ask(one, who)).left, 100 - 21);
});

test('redis rate limiting: as a user whose name and password stand in the environment alone', async (t) => {
  const server = await openServer(t, true);
  const admin = await openRedis({ host: server.host, port: server.port, db: database });
  t.after(() => admin.close());
  await admin.run((client) => client.aclSetUser('limits', ['on', '>secret', '~ratelimit:*', '+@all']));
  const redis = {
    host: 'redis',
    database,
    username: '{vault://env/redis-user}',
    password: '{vault://env/redis-password}',
  };
  const environment = { REDIS_USER: 'limits', REDIS_PASSWORD: 'secret' };
  const one = await openLimited(t, server, { day: 1_000, redis }, environment);
  const other = await openLimited(t, server, { day: 1_000, redis }, environment);
  await untilShared(one, other);
  const users = await admin.run((client) => client.sendCommand(['CLIENT', 'LIST']));
  assert.match(String(users), /user=limits/);
});

test('redis rate limiting: without fault_tolerant a Redis that is away is a 500, and nobody passes', async (t) => {
  const server = await openServer(t, true);
  await server.kill();
  const blog = await openLimited(t, server, { day: 100, fault_tolerant: false });
  const answer = await request(`${blog.gateway.address}/blog/x`);
  const json = (await answer.body.json()) as Record<string, unknown>;
  assert.deepEqual(
    [answer.statusCode, json.message, blog.blog.seen.length],
    [500, 'something went wrong', 0],
  );
});
