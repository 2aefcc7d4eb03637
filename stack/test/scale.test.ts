import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { StandInStack } from './stand-in/stack.ts';
import { waitFor } from './stand-in/wait.ts';

async function ask(url: string): Promise<string | undefined> {
  return await fetch(url).then(
    (response) => response.text(),
    () => undefined,
  );
}

async function environmentOf(url: string): Promise<Record<string, string>> {
  return JSON.parse((await ask(`${url}/environment`)) ?? '{}');
}

/** Asks the instances of a service all the time, as a gateway does; tells how often none of them answered. */
async function watchService(stack: StandInStack, name: string, signal: AbortSignal): Promise<number> {
  let gaps = 0;
  while (!signal.aborted) {
    const answers = (stack.addresses().instances[name] ?? []).map((url) => ask(`${url}/health`));
    if ((await Promise.all(answers)).every((answer) => answer === undefined)) gaps++;
    await sleep(5);
  }
  return gaps;
}

function writeAnswer(folder: string, name: string, text: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'answer.ts'), text);
}

test('start --balanced: two instances of each service, each with ports, a log and variables of its own', async () => {
  await using stack = await StandInStack.create('nats,redis');
  const { code, output } = await stack.run('start', '--balanced', '--detach');
  assert.equal(code, 0, output);
  const { auth, instances, metrics, pids, gateway = '' } = stack.addresses();
  assert.equal(instances.auth?.length, 2);
  assert.equal(instances.auth?.[0], auth);
  assert.equal(instances.gateway?.length, 1);
  assert.deepEqual(Object.keys(pids).sort(), [
    'auth',
    'auth-2',
    'blog',
    'blog-2',
    'gateway',
    'nats',
    'redis',
  ]);
  assert.deepEqual(Object.keys(metrics).sort(), ['auth', 'auth-2', 'blog', 'blog-2', 'gateway']);
  const told = await Promise.all([...(instances.auth ?? []), ...(instances.blog ?? [])].map(environmentOf));
  assert.deepEqual(
    told.map(({ STAND_IN_INSTANCE }) => STAND_IN_INSTANCE),
    ['auth', 'auth-2', 'blog', 'blog-2'],
  );
  assert.equal(new Set(told.flatMap(({ SERVER_PORT, METRICS_PORT }) => [SERVER_PORT, METRICS_PORT])).size, 8);
  const { BALANCED, AUTH_PORTS } = await environmentOf(gateway);
  assert.equal(BALANCED, 'true');
  assert.equal(AUTH_PORTS, instances.auth?.map((url) => new URL(url).port).join(','));
  assert.match(output, new RegExp(`auth-2 +${instances.auth?.[1]}`));
  assert.match((await stack.run('logs', 'auth-2')).output, /listening/);
  assert.match(readFileSync(join(stack.home, 'env', 'blog-2.env'), 'utf8'), /^SERVER_PORT=\d+$/m);
  assert.equal((await stack.run('start', '--balanced')).code, 0);
  assert.deepEqual(stack.addresses().pids, pids, 'a second start leaves all as it is');
});

test('service: kill, stop and start work on one instance of several', async () => {
  await using stack = await StandInStack.create('redis');
  await stack.run('start', '--scale', 'auth=2', '--detach');
  const { pids, instances } = stack.addresses();
  const second = instances.auth?.[1] ?? '';
  assert.match((await stack.run('service', 'kill', 'auth-2')).output, /auth-2 \(pid \d+\) was killed/);
  await waitFor('auth-2', () => (stack.addresses().pids['auth-2'] ?? pids['auth-2']) !== pids['auth-2']);
  await waitFor('auth-2 to answer', async () => (await ask(`${second}/health`)) !== undefined);
  await stack.run('service', 'stop', 'auth-2');
  assert.match((await stack.run('status')).output, /auth-2 +stopped/);
  assert.equal(stack.addresses().pids.auth, pids.auth);
  await stack.run('service', 'start', 'auth-2');
  await waitFor('auth-2 to answer', async () => (await ask(`${second}/health`)) !== undefined);
  assert.equal((await stack.run('restart', 'auth')).code, 0);
});

test('scale: new instances are there when it returns, the youngest end politely, the others are left alone', async () => {
  await using stack = await StandInStack.create('redis');
  const launcher = stack.begin('start');
  await launcher.printed('Ctrl-C stops all of it.');
  const { pids } = stack.addresses();
  const up = await stack.run('scale', 'auth=3', 'blog=2');
  assert.equal(up.code, 0, up.output);
  assert.match(up.output, /auth has 3 instances, and had 1\nblog has 2 instances, and had 1/);
  const grown = stack.addresses();
  assert.equal(grown.pids.auth, pids.auth);
  const answers = await Promise.all((grown.instances.auth ?? []).map((url) => ask(`${url}/health`)));
  assert.deepEqual(answers, ['{}', '{}', '{}']);
  const down = await stack.run('scale', 'auth=1');
  assert.match(down.output, /auth has 1 instance, and had 3/);
  const shrunk = stack.addresses();
  assert.deepEqual(Object.keys(shrunk.pids).sort(), ['auth', 'blog', 'blog-2', 'gateway', 'redis']);
  assert.equal(shrunk.pids.auth, pids.auth);
  assert.deepEqual(shrunk.instances.auth, [shrunk.auth]);
  for (const name of ['auth-2', 'auth-3'])
    assert.match(launcher.output, new RegExp(`${name} +\\| .*stopping`));
  assert.doesNotMatch((await stack.run('status')).output, /auth-2/);
  assert.match((await stack.run('scale', 'auth=1')).output, /auth has 1 instance already/);
  launcher.process.kill('SIGINT');
  const { code, output } = await launcher.ended;
  assert.equal(code, 0, output);
  assert.deepEqual(stack.survivors({ ...grown.pids, ...shrunk.pids }), []);
  const stops = [...output.matchAll(/^(\S+) +\| .*stopping$/gm)].map((match) => match[1]).slice(-4);
  assert.equal(stops[0], 'gateway');
  assert.deepEqual(stops.slice(1).sort(), ['auth', 'blog', 'blog-2']);
});

test('scale: an instance that does not start leaves as many as before, with what it printed', async () => {
  const sources = mkdtempSync(join(tmpdir(), 'tsmicro-sources-'));
  const names = ['gateway', 'auth', 'blog'];
  for (const name of names) writeAnswer(sources, name, `export const answer = '${name} 1';\n`);
  await using stack = await StandInStack.create('redis', { STAND_IN_SOURCES: sources });
  await stack.run('start', '--detach');
  const { pids } = stack.addresses();
  writeAnswer(sources, 'auth', "throw new Error('torn');\n");
  const { code, output } = await stack.run('scale', 'auth=2');
  rmSync(sources, { recursive: true });
  assert.equal(code, 1);
  assert.match(output, /auth-2 ends again and again/);
  assert.match(output, /torn/);
  const after = stack.addresses();
  assert.equal(after.instances.auth?.length, 1);
  assert.deepEqual(after.pids, pids);
});

for (const [what, options] of [
  ['several instances, one after the other', ['--balanced']],
  ['a single one, with another in its place meanwhile', []],
] as const) {
  test(`restart: ${what}: some instance answers at every moment`, async () => {
    await using stack = await StandInStack.create('redis');
    await stack.run('start', ...options, '--detach');
    const before = stack.addresses();
    const over = new AbortController();
    const watching = watchService(stack, 'auth', over.signal);
    const { code, output } = await stack.run('restart', 'auth');
    over.abort();
    assert.equal(code, 0, output);
    assert.equal(await watching, 0);
    assert.match(output, options.length > 0 ? /2 instances, one after the other/ : /another in its place/);
    const after = stack.addresses();
    assert.deepEqual(after.instances, before.instances);
    const changed = Object.keys(before.pids).filter((name) => after.pids[name] !== before.pids[name]);
    assert.deepEqual(changed.sort(), options.length > 0 ? ['auth', 'auth-2'] : ['auth']);
    assert.deepEqual(Object.keys(after.pids).sort(), Object.keys(before.pids).sort());
  });
}

test('watch: of several instances one is renewed after the other; code that does not run stops at the first', async () => {
  const sources = mkdtempSync(join(tmpdir(), 'tsmicro-sources-'));
  for (const name of ['gateway', 'auth', 'blog'])
    writeAnswer(sources, name, `export const answer = '${name} 1';\n`);
  await using stack = await StandInStack.create('redis', { STAND_IN_SOURCES: sources });
  const launcher = stack.begin('start', '--balanced', '--watch');
  await launcher.printed('Ctrl-C stops all of it.');
  const { instances } = stack.addresses();
  const says = async (answers: readonly (string | undefined)[]) => {
    await waitFor(`auth to say ${answers.join(' and ')}`, async () => {
      const said = await Promise.all((instances.auth ?? []).map((url) => ask(`${url}/answer`)));
      return said.every((answer, index) => answer === answers[index]);
    });
  };
  const over = new AbortController();
  const watching = watchService(stack, 'auth', over.signal);
  writeAnswer(sources, 'auth', "export const answer = 'auth 2';\n");
  await says(['auth 2', 'auth 2']);
  writeAnswer(sources, 'auth', 'export const answer = ;\n');
  await launcher.printed('auth does not start with this change');
  await launcher.printed('auth could not be restarted');
  await says([undefined, 'auth 2']);
  writeAnswer(sources, 'auth', "export const answer = 'auth 3';\n");
  await says(['auth 3', 'auth 3']);
  over.abort();
  assert.equal(await watching, 0);
  launcher.process.kill('SIGTERM');
  assert.equal((await launcher.ended).code, 0);
  rmSync(sources, { recursive: true });
});

test('scale and restart: what makes no sense is refused, and says what would', async () => {
  await using stack = await StandInStack.create('redis');
  await stack.run('start', '--detach');
  const { pids } = stack.addresses();
  for (const [args, code, said] of [
    [['scale'], 2, /as in blog=4/],
    [['scale', 'auth=0'], 2, /from 1 to 16/],
    [['scale', 'auth=17'], 2, /from 1 to 16/],
    [['scale', 'auth'], 2, /must look like auth=2/],
    [['scale', 'auth=2,auth=3'], 2, /twice/],
    [['scale', 'gateway=2'], 2, /gateway is no service; there are auth, blog/],
    [['start', '--scale', 'redis=2'], 2, /redis is no service/],
    [['restart', 'gateway'], 1, /gateway is the one way in; there are auth, blog/],
    [['restart', 'nobody'], 1, /nobody is no service/],
  ] as const) {
    const outcome = await stack.run(...args);
    assert.equal(outcome.code, code, `${args.join(' ')}: ${outcome.output}`);
    assert.match(outcome.output, said);
  }
  assert.deepEqual(stack.addresses().pids, pids);
  await stack.run('stop');
  assert.equal(existsSync(join(stack.home, 'addresses.json')), false);
  assert.match((await stack.run('scale', 'auth=2')).output, /does not run/);
});

test('after SIGKILL of the launcher the next start ends every instance that it left', async () => {
  await using stack = await StandInStack.create('redis');
  const launcher = stack.begin('start', '--balanced');
  await launcher.printed('Ctrl-C stops all of it.');
  await stack.run('scale', 'auth=3');
  const { pids } = stack.addresses();
  launcher.process.kill('SIGKILL');
  await launcher.ended;
  const { code, output } = await stack.run('start', '--detach');
  assert.equal(code, 0, output);
  assert.match(output, /The last run was killed and left .*auth-3 \(pid \d+\)/);
  assert.deepEqual(stack.survivors(pids), []);
  assert.deepEqual(Object.keys(stack.addresses().pids).sort(), ['auth', 'blog', 'gateway', 'redis']);
});
