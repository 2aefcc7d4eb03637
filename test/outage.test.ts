// What holds while something is down, on the whole system: each server and service is killed (a dead neighbour) and
// stopped (one that hangs), and every answer in between must be a good one or an honest 503 or 504, in time.
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { untilReady } from '@tsmicro/dependency';
import { openRedis } from '@tsmicro/redis';
import { hang } from './fault/hang.ts';
import { type Call, openCalls } from './outage/calls.ts';
import { type Answer, System } from './system.ts';

/** A dead dependency gives an answer within this. */
const deadMs = 1_500;
/** A hanging one within this. */
const hangingMs = 2_500;
/** What is kept of what readers ask for: a blog by id, by slug, those like it, and the tags. */
const entries = 4;

type Name = 'auth' | 'blog' | 'nats' | 'postgres' | 'redis' | 'mongo';

let system: System;
let token = '';
let refreshToken = '';
let calls: readonly Call[] = [];

before(async () => {
  system = await System.open();
  ({ accessToken: token, refreshToken } = await system.signIn());
  calls = await openCalls(system);
});
after(() => system[Symbol.asyncDispose]());

const accounts = ['sign-up', 'sign-in', 'refresh', 'own profile', 'profile', 'change of name'];
const warm = ['blog by id, warm', 'blog by slug, warm'];
const lists = ['latest', 'similar', 'tag', 'search', 'by author', 'tags', 'comments'];

/** What must go on working while `down` is away; everything else may be an honest 503 or 504. */
const goesOn: Record<Name, string[]> = {
  redis: [...accounts, ...warm, 'blog by id, cold', ...lists, 'comment', 'drafts', 'submitted'],
  postgres: [...warm, ...lists],
  mongo: [...accounts, ...warm],
  nats: [...accounts, ...warm, ...lists],
  auth: [...warm, ...lists],
  blog: accounts,
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

async function judgeAll(t: TestContext, name: Name, limitMs: number): Promise<void> {
  const answers: { what: string; answer: Answer }[] = [];
  const askOne = async ({ what, method, path, options }: Call) => {
    answers.push({ what, answer: await system.ask(method, path(), options?.()) });
  };
  await Promise.all(calls.map(askOne));
  const served = answers.filter(({ answer: { status } }) => status === 200);
  const slowest = Math.round(Math.max(...answers.map(({ answer: { ms } }) => ms)));
  t.diagnostic(`${served.length} of ${answers.length} served, the slowest answer after ${slowest} ms`);
  for (const { what, answer } of answers) judge(what, answer, limitMs, goesOn[name].includes(what));
}

/** @returns after how many milliseconds it did */
async function allWorks(ms: number): Promise<number> {
  const startedAt = performance.now();
  for (const { method, path, options, prepare } of calls) {
    if (prepare !== undefined) continue;
    const left = ms - (performance.now() - startedAt);
    await system.until(200, left, method, path(), options?.());
  }
  return Math.round(performance.now() - startedAt);
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
  } while ((await kept()).length < entries);
  for (const { prepare } of calls) await prepare?.();
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
  test(`outage: ${name} is dead: answers within 1.5 s, none looks like a denial, then all works again`, async (t) => {
    await warmUp();
    await system.command('service', 'stop', name);
    try {
      await judgeAll(t, name, deadMs);
    } finally {
      await system.command('service', 'start', name);
    }
    t.diagnostic(`all works again after ${await allWorks(backMs[name])} ms`);
  });

  test(`outage: ${name} hangs: answers within 2.5 s, none looks like a denial, then all works again`, async (t) => {
    await warmUp();
    const pid = (await system.addresses()).pids[name];
    assert.ok(pid !== undefined);
    {
      using _ = await hang(pid);
      await judgeAll(t, name, hangingMs);
    }
    t.diagnostic(`all works again after ${await allWorks(backMs[name])} ms`);
  });

  test(`outage: ${name} is killed: the stack says so and brings it back`, async (t) => {
    await warmUp();
    const before = (await system.addresses()).pids[name];
    assert.ok(before !== undefined);
    process.kill(before, 'SIGKILL');
    t.diagnostic(`all works again after ${await allWorks(backMs[name] + 2_000)} ms`);
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
