// Several instances of each service behind the gateway: one is killed, all are restarted one after the other, more are
// started and some end, while both services are asked all the time.
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { Askers, type Failure } from './balanced/askers.ts';
import { System } from './system.ts';

const askers = 16;
const atLeast = 10_000;
/** When at the latest nobody is sent to a killed instance any more. */
const forgottenMs = 1_000;
/** Back to normal after a restart, as promised, and the time until the stack has noticed the end and started it anew. */
const noticeMs = 2_000;
const gatewayBackMs = noticeMs + 2_000;
const serviceBackMs = noticeMs + 3_000;

let system: System;
let token = '';
before(async () => {
  system = await System.open('--balanced');
  token = (await system.signIn()).accessToken;
});
after(() => system[Symbol.asyncDispose]());

let loads = 0;

/** Asks all the time while something is done, and for as long as it takes to have so many answers. */
async function underLoad(
  t: TestContext,
  requests: number,
  act: (load: Askers) => Promise<void>,
): Promise<Failure[]> {
  const load = new Askers(system, { token, askers, name: `load-${loads++}` });
  const startedAt = performance.now();
  try {
    await load.untilAnswered(requests / 20);
    await act(load);
    await load.untilAnswered(Math.max(requests / 20, requests - load.answered));
  } finally {
    await load.end();
  }
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  t.diagnostic(
    `${load.answered} requests in ${seconds} s, ${load.failures.length} failed: ${JSON.stringify(load.counts)}`,
  );
  return load.failures;
}

/** How many requests each instance of a service has answered so far, by its own count. */
async function servedBy(service: string): Promise<number[]> {
  const { metrics, instances } = await system.addresses();
  const names = (instances[service] ?? []).map((_, index) =>
    index === 0 ? service : `${service}-${index + 1}`,
  );
  return await Promise.all(
    names.map(async (name) => {
      const text = await (await fetch(metrics[name] ?? '')).text();
      const counts = text.matchAll(/^http_server_request_duration_seconds_count\{.*\} (\d+)$/gm);
      return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
    }),
  );
}

test('balanced: two instances that find an empty database at once both come up, at the first try', async () => {
  for (const service of ['auth', 'blog']) {
    for (const url of (await system.addresses()).instances[service] ?? [])
      assert.equal((await system.ask('GET', '/health/ready', { at: url })).status, 200, url);
  }
  assert.doesNotMatch(system.printed, /starting it again in|ERROR|FATAL/);
});

test('balanced: requests are shared out among the instances of a service', async (t) => {
  const before = { auth: await servedBy('auth'), blog: await servedBy('blog') };
  assert.deepEqual(await underLoad(t, 1_000, async () => undefined), []);
  for (const service of ['auth', 'blog'] as const) {
    const now = await servedBy(service);
    const shares = now.map((count, index) => count - (before[service][index] ?? 0));
    t.diagnostic(`${service}: ${shares.join(' and ')}`);
    assert.equal(shares.length, 2);
    for (const share of shares)
      assert.ok(share > 0.3 * Math.max(...shares), `${service}: ${shares.join(', ')}`);
  }
});

for (const name of ['blog-2', 'auth']) {
  test(`balanced: ${name} is killed: only what ran on it may fail, and nothing a second later`, async (t) => {
    let killedAt = 0;
    const failures = await underLoad(t, 2_000, async (load) => {
      const { pids } = await system.addresses();
      killedAt = performance.now();
      process.kill(pids[name] ?? assert.fail(`${name} does not run`), 'SIGKILL');
      while (performance.now() < killedAt + forgottenMs) await load.untilAnswered(askers);
    });
    assert.ok(
      failures.length <= askers,
      `${failures.length} failed: ${JSON.stringify(failures.slice(0, 5))}`,
    );
    assert.deepEqual(
      failures.filter(({ at }) => at > killedAt + forgottenMs),
      [],
    );
    for (const { answer } of failures) assert.match(answer, /^50[234] /);
    await system.until(200, serviceBackMs, 'GET', '/health/ready', {
      at:
        (await system.addresses()).instances[name.replace(/-\d+$/, '')]?.at(name.endsWith('-2') ? 1 : 0) ??
        '',
    });
  });
}

test('balanced: every instance is restarted, one after the other: of 10,000 requests none fails', async (t) => {
  const before = await system.addresses();
  const failures = await underLoad(t, atLeast, async () => {
    t.diagnostic((await system.command('restart')).trim().replaceAll('\n', '; '));
  });
  assert.deepEqual(failures.slice(0, 5), []);
  const { pids, instances } = await system.addresses();
  for (const name of ['auth', 'auth-2', 'blog', 'blog-2'])
    assert.notEqual(pids[name], before.pids[name], name);
  assert.deepEqual(instances, before.instances);
});

test('balanced: more instances are started and end again while it is asked: none of the requests fails', async (t) => {
  const failures = await underLoad(t, 3_000, async (load) => {
    await system.command('scale', 'blog=3', 'auth=3');
    // A new instance gets its share within a second.
    const [since] = (await servedBy('blog')).slice(2);
    await load.untilAnswered(500);
    assert.ok(((await servedBy('blog'))[2] ?? 0) > (since ?? 0), 'the third instance is asked too');
    await system.command('scale', 'blog=1', 'auth=1');
  });
  assert.deepEqual(failures.slice(0, 5), []);
});

test('balanced: with a single instance of each another takes its place meanwhile: none of the requests fails', async (t) => {
  await system.command('scale', 'blog=1', 'auth=1');
  const failures = await underLoad(t, 3_000, async () => {
    t.diagnostic((await system.command('restart')).trim().replaceAll('\n', '; '));
  });
  assert.deepEqual(failures.slice(0, 5), []);
  await system.command('scale', 'blog=2', 'auth=2');
});

/** Kills these processes and waits until each runs anew and the path answers. @returns the milliseconds it took */
async function killed(names: string[], backMs: number, path: string): Promise<number> {
  const { pids } = await system.addresses();
  const killedAt = performance.now();
  for (const name of names) process.kill(pids[name] ?? assert.fail(`${name} does not run`), 'SIGKILL');
  const elapsed = () => performance.now() - killedAt;
  const anew = async () => {
    const now = (await system.addresses()).pids;
    return names.every((name) => now[name] !== undefined && now[name] !== pids[name]);
  };
  while (!(await anew())) {
    assert.ok(elapsed() < backMs, `${names.join(' and ')} not started again after ${backMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await system.until(200, backMs - elapsed(), 'GET', path);
  return elapsed();
}

test('balanced: the gateway is killed: back soon after the stack has started it anew', async (t) => {
  t.diagnostic(`back after ${Math.round(await killed(['gateway'], gatewayBackMs, '/blog/list/latest'))} ms`);
});

for (const service of ['auth', 'blog']) {
  test(`balanced: all instances of ${service} are killed: back soon after the stack has started them anew`, async (t) => {
    const ms = await killed([service, `${service}-2`], serviceBackMs, `/${service}/health/ready`);
    t.diagnostic(`back after ${Math.round(ms)} ms`);
  });
}
