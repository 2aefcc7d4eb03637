// What holds while something is down, on the whole system: each server and service is killed (a dead neighbour) and
// stopped (one that hangs), and every answer in between must be a good one or an honest 503 or 504, in time.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { untilReady } from '@tsmicro/dependency';
import { openRedis } from '@tsmicro/redis';
import { type Answer, type AskOptions, System } from './system.ts';

/** A dead dependency gives an answer within this. */
const deadMs = 1_500;
/** A hanging one within this. */
const hangingMs = 2_500;

type Name = 'auth' | 'blog' | 'nats' | 'postgres' | 'redis' | 'mongo';
type Call = [what: string, method: string, path: () => string, options: () => AskOptions];

let system: System;
let token = '';
let refreshToken = '';
let warm = '';

before(async () => {
  system = await System.open();
  ({ accessToken: token, refreshToken } = await system.signIn());
  const draft = {
    title: 'Warm',
    description: 'In the cache',
    draftText: 'Text',
    slug: 'warm',
    imgUrl: '/w.png',
    tags: ['W'],
  };
  warm = (await system.data<{ _id: string }>('POST', '/blog/author', { token, body: draft }))._id;
  for (const step of ['author/submit', 'editor/publish'])
    await system.ask('PUT', `/blog/${step}/id/${warm}`, { token });
  for (const path of [`/blog/id/${warm}`, '/blog/slug/warm', `/blog/list/similar/id/${warm}`]) {
    assert.equal((await system.ask('GET', path)).status, 200);
  }
});
after(() => system[Symbol.asyncDispose]());

const calls: Call[] = [
  [
    'sign-in',
    'POST',
    () => '/auth/signin/basic',
    () => ({ body: { email: 'admin@afteracademy.com', password: 'changeit' } }),
  ],
  ['own profile', 'GET', () => '/auth/profile/mine', () => ({ token })],
  ['blog by id, warm', 'GET', () => `/blog/id/${warm}`, () => ({})],
  ['blog by slug, warm', 'GET', () => '/blog/slug/warm', () => ({})],
  ['latest', 'GET', () => '/blog/list/latest', () => ({})],
  ['similar', 'GET', () => `/blog/list/similar/id/${warm}`, () => ({})],
  ['drafts', 'GET', () => '/blog/author/drafts', () => ({ token })],
  ['submitted', 'GET', () => '/blog/editor/submitted', () => ({ token })],
];

/** What must go on working while `down` is away; everything else may be an honest 503 or 504. */
const goesOn: Record<Name, string[]> = {
  redis: calls.map(([what]) => what),
  postgres: ['blog by id, warm', 'blog by slug, warm', 'latest'],
  mongo: ['sign-in', 'own profile', 'blog by id, warm', 'blog by slug, warm'],
  nats: ['sign-in', 'own profile', 'blog by id, warm', 'blog by slug, warm', 'latest', 'similar'],
  auth: ['blog by id, warm', 'blog by slug, warm', 'latest', 'similar'],
  blog: ['sign-in', 'own profile'],
};

/** The promise about one answer during an outage. */
function judge(what: string, answer: Answer, limitMs: number, mustSucceed: boolean): void {
  const said = `${what}: ${answer.status} ${answer.text.slice(0, 120)} after ${Math.round(answer.ms)} ms`;
  assert.ok(mustSucceed ? answer.status === 200 : [200, 503, 504].includes(answer.status), said);
  assert.ok(answer.ms <= limitMs, said);
  assert.equal(answer.body?.status, answer.status, said);
  assert.ok(answer.status !== 503 || answer.headers.has('retry-after'), `${said}: no retry-after`);
  // A token of a good answer may spell anything.
  if (answer.status !== 200)
    assert.doesNotMatch(answer.text, /ECONN|postgres|mongo|redis|nats|sql|at \w+ \(/i, said);
}

async function judgeAll(name: Name, limitMs: number): Promise<void> {
  for (const [what, method, path, options] of calls) {
    judge(what, await system.ask(method, path(), options()), limitMs, goesOn[name].includes(what));
  }
}

async function allWorks(ms: number): Promise<void> {
  const startedAt = performance.now();
  for (const [, method, path, options] of calls) {
    await system.until(200, ms - (performance.now() - startedAt), method, path(), options());
  }
}

/** All works, and what readers ask for is kept in Redis again: without Redis all works as well, only slower. */
async function warmUp(): Promise<void> {
  const { hostname, port } = new URL((await system.addresses()).redis);
  await using redis = await openRedis({ host: hostname, port: Number(port), db: 1 });
  const deadline = performance.now() + 10_000;
  // What a restarted Redis brings back proves nothing: only entries made from now on do.
  await untilReady(() => redis.run((client) => client.flushDb()), {
    name: 'Redis',
    signal: AbortSignal.timeout(5_000),
  });
  const kept = () => redis.run((client) => client.keys('*:entry:*')).catch(() => []);
  do {
    assert.ok(performance.now() < deadline, 'readers are served from the cache again');
    await allWorks(10_000);
  } while ((await kept()).length < 3);
}

/** Back to normal after a restart, as promised for each. */
const backMs: Record<Name, number> = {
  redis: 2_000,
  postgres: 3_000,
  mongo: 5_000,
  nats: 3_000,
  auth: 3_000,
  blog: 3_000,
};

for (const name of ['redis', 'postgres', 'mongo', 'nats', 'auth', 'blog'] as const) {
  test(`outage: ${name} is dead: answers within 1.5 s, none looks like a denial, then all works again`, async () => {
    await warmUp();
    await system.command('service', 'stop', name);
    try {
      await judgeAll(name, deadMs);
    } finally {
      await system.command('service', 'start', name);
    }
    await allWorks(backMs[name]);
  });

  test(`outage: ${name} hangs: answers within 2.5 s, none looks like a denial, then all works again`, async () => {
    await warmUp();
    const pid = (await system.addresses()).pids[name];
    assert.ok(pid !== undefined);
    process.kill(pid, 'SIGSTOP');
    try {
      await judgeAll(name, hangingMs);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await allWorks(backMs[name]);
  });

  test(`outage: ${name} is killed: the stack says so and brings it back`, async () => {
    await warmUp();
    const before = (await system.addresses()).pids[name];
    assert.ok(before !== undefined);
    process.kill(before, 'SIGKILL');
    await allWorks(backMs[name] + 2_000);
    assert.notEqual((await system.addresses()).pids[name], before);
    assert.match(system.printed, new RegExp(`${name}.*(?:ended|died|killed|SIGKILL)`, 'i'));
  });
}

test('outage: an unknown API key is a 503 while auth is away, never a denial', async () => {
  await allWorks(10_000);
  await system.command('service', 'stop', 'auth');
  const answer = await system.ask('GET', '/blog/list/latest', { apiKey: 'never-seen-before' });
  assert.equal(answer.status, 503, answer.text);
  await system.command('service', 'start', 'auth');
  await system.until(403, 3_000, 'GET', '/blog/list/latest', { apiKey: 'never-seen-before' });
});

test('outage: a refresh during an outage leaves the session as it was', async () => {
  await allWorks(10_000);
  await system.command('service', 'stop', 'postgres');
  const answer = await system.ask('POST', '/auth/token/refresh', { token, body: { refreshToken } });
  assert.equal(answer.status, 503, answer.text);
  await system.command('service', 'start', 'postgres');
  await system.until(200, 3_000, 'POST', '/auth/token/refresh', { token, body: { refreshToken } });
});
