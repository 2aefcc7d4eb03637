import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from 'pg';
import { findPort, startNats } from '../src/index.ts';
import { StandInStack } from './stand-in/stack.ts';
import { waitFor } from './stand-in/wait.ts';

async function answers(url: string): Promise<boolean> {
  return await fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

test('start --detach: returns when all answers, with addresses that work as they are', async () => {
  await using stack = await StandInStack.create('nats,redis,postgres');
  const { code, output } = await stack.run('start', '--detach');
  assert.equal(code, 0, output);
  const addresses = stack.addresses();
  for (const name of ['gateway', 'auth', 'blog']) assert.ok(await answers(`${addresses[name]}/health`), name);
  assert.match(output, new RegExp(`gateway +${addresses.gateway}`));
  assert.equal(statSync(addresses.rsaPrivateKey ?? '').mode & 0o777, 0o600);
  assert.match(readFileSync(addresses.rsaPublicKey ?? '', 'utf8'), /^-----BEGIN PUBLIC KEY-----/);
  const client = new Client({ connectionString: addresses.postgres ?? '' });
  await client.connect();
  const { rows } = await client.query('SELECT current_user AS role, current_database() AS database');
  await client.end();
  assert.deepEqual(rows, [{ role: 'auth', database: 'auth' }]);
  assert.deepEqual(Object.keys(addresses.pids).sort(), [
    'auth',
    'blog',
    'gateway',
    'nats',
    'postgres',
    'redis',
  ]);
});

test('secrets: no file of the stack but the public key is open to others', async () => {
  await using stack = await StandInStack.create('redis');
  await stack.run('start', '--detach');
  for (const file of [
    'addresses.json',
    'control.json',
    'secrets.json',
    'processes.json',
    'logs/auth.log',
    'env/auth.env',
  ]) {
    assert.equal(statSync(join(stack.home, file)).mode & 0o077, 0, file);
  }
  assert.equal(statSync(stack.home).mode & 0o066, 0);
});

test('environment: the stack’s addresses win over the person’s, everything else reaches the services', async () => {
  const given = { LOG_LEVEL: 'debug', OTEL_SERVICE_NAMESPACE: 'mine', SERVER_PORT: '1', NODE_ENV: '' };
  await using stack = await StandInStack.create('nats', given);
  await stack.run('start', '--detach');
  const { auth = '' } = stack.addresses();
  const environment = (await (await fetch(`${auth}/environment`)).json()) as Record<string, string>;
  assert.equal(environment.SERVER_PORT, new URL(auth).port);
  assert.match(environment.NATS_URL ?? '', /^nats:\/\/auth:[0-9a-f]{64}@127\.0\.0\.1:\d+$/);
  assert.equal(environment.LOG_LEVEL, 'debug');
  const file = readFileSync(join(stack.home, 'env', 'auth.env'), 'utf8');
  for (const name of ['NATS_URL', 'SERVER_PORT', 'NODE_ENV']) {
    assert.match(file, new RegExp(`^${name}=${environment[name]}$`, 'm'), 'a debugger gets the same');
  }
  assert.equal(environment.OTEL_SERVICE_NAMESPACE, 'mine');
  assert.equal(environment.NODE_ENV, 'development');
});

test('a second start finds the data again', async () => {
  await using stack = await StandInStack.create('postgres');
  await stack.run('start', '--detach');
  const first = stack.addresses();
  const client = new Client({ connectionString: first.postgres ?? '' });
  await client.connect();
  await client.query("CREATE TABLE note AS SELECT 'kept' AS text");
  await client.end();
  await stack.run('stop');
  assert.equal(existsSync(join(stack.home, 'addresses.json')), false);
  const { code } = await stack.run('start', '--detach');
  assert.equal(code, 0);
  const again = new Client({ connectionString: stack.addresses().postgres ?? '' });
  await again.connect();
  const { rows } = await again.query('SELECT text FROM note');
  await again.end();
  assert.deepEqual(rows, [{ text: 'kept' }]);
});

test('start while it runs: says so with the addresses, and breaks nothing', async () => {
  await using stack = await StandInStack.create('redis');
  await stack.run('start', '--detach');
  const before = stack.addresses();
  const { code, output } = await stack.run('start');
  assert.equal(code, 0);
  assert.match(output, /already runs \(pid \d+, ready\)/);
  assert.match(output, new RegExp(`gateway +${before.gateway}`));
  assert.deepEqual(stack.addresses(), before);
});

test('start --detach while another start is under way: each returns when all answers', async () => {
  await using stack = await StandInStack.create('redis', { STAND_IN_SLOW: 'auth' });
  const starts = await Promise.all(
    [1, 2].map(async () => {
      const outcome = await stack.run('start', '--detach');
      const works = await answers(`http://127.0.0.1:${stack.gatewayPort}/health`);
      const auth = await answers(`http://127.0.0.1:${stack.gatewayPort + 1}/health`);
      return { ...outcome, works: works && auth };
    }),
  );
  for (const { code, output, works } of starts) assert.deepEqual([code, works], [0, true], output);
  assert.equal(starts.filter(({ output }) => /already runs \(pid \d+, ready\)/.test(output)).length, 1);
});

test('start --detach while another start is under way that fails: says so, with exit code 1', async () => {
  await using stack = await StandInStack.create('redis', { STAND_IN_FAILS: 'auth' });
  const starts = [stack.begin('start', '--detach'), stack.begin('start', '--detach')];
  const outcomes = await Promise.all(starts.map(({ ended }) => ended));
  assert.deepEqual(
    outcomes.map(({ code }) => code),
    [1, 1],
  );
  const output = outcomes.map((outcome) => outcome.output).join('');
  assert.match(output, /auth ends again and again/);
  assert.match(output, /Another command was starting stand-in, and that has failed/);
});

test('start while another start is under way: says that it is still starting, with no table', async () => {
  await using stack = await StandInStack.create('redis', { STAND_IN_SLOW: 'auth' });
  const first = stack.begin('start');
  await first.printed('Starting stand-in');
  const { code, output } = await stack.run('start');
  assert.equal(code, 0);
  assert.match(output, /still starting \(pid \d+\)/);
  assert.doesNotMatch(output, /http:|already runs/);
  first.process.kill('SIGTERM');
  await first.ended;
});

test('Ctrl-C during a start: nothing about readiness once it stops', async () => {
  const manners = { STAND_IN_SLOW: 'auth', STAND_IN_LINGERS: 'gateway' };
  await using stack = await StandInStack.create('redis', manners);
  const launcher = stack.begin('start');
  // Auth was started with blog, and answers while the gateway takes its time to end.
  await launcher.printed('gateway   ready after');
  await launcher.printed('blog      ready after');
  launcher.process.kill('SIGINT');
  const { code, output } = await launcher.ended;
  assert.equal(code, 0, output);
  assert.doesNotMatch(output.slice(output.indexOf('Stopping')), /ready|is back/);
  assert.match(readFileSync(join(stack.home, 'logs', 'auth.log'), 'utf8'), /listening/);
});

test('the stack’s folder removed while it runs: said once, children come back, SIGTERM stops all', async () => {
  await using stack = await StandInStack.create('nats,redis');
  const launcher = stack.begin('start');
  await launcher.printed('Ctrl-C stops all of it.');
  const { pids, auth } = stack.addresses();
  rmSync(stack.home, { recursive: true, force: true });
  for (const name of ['auth', 'blog']) {
    process.kill(pids[name] ?? 0, 'SIGKILL');
    await launcher.printed(`${name} is back`);
  }
  assert.ok(await answers(`${auth}/health`));
  assert.equal(launcher.output.match(/cannot be written/g)?.length, 1, launcher.output);
  const again = [...launcher.output.matchAll(/(\w+) is back \(pid (\d+)\)/g)];
  launcher.process.kill('SIGTERM');
  const { code, output } = await launcher.ended;
  assert.equal(code, 0, output);
  const restarted = Object.fromEntries(again.map(([, name = '', pid]) => [name, Number(pid)]));
  assert.deepEqual(stack.survivors({ ...pids, ...restarted }), []);
});

test('addresses that cannot be used: all are named with their shape and without their value, nothing starts', async () => {
  const hidden = 'hunter2';
  const wrong = {
    NATS_URL: `nats://127.0.0.1:4222,http://${hidden}:4223`,
    POSTGRES_URL: `postgres://auth:${hidden}@127.0.0.1/auth?sslmode=require`,
    REDIS_URL: `rediss://:${hidden}@127.0.0.1`,
    MONGO_URL: `${hidden}:27017`,
  };
  await using stack = await StandInStack.create('nats,postgres,redis,mongo', wrong);
  for (const args of [['start'], ['start', '--detach']]) {
    const { code, output } = await stack.run(...args);
    assert.equal(code, 1);
    assert.match(output, /^NATS_URL cannot be used: .* like nats:\/\/host/m);
    assert.match(output, /^POSTGRES_URL cannot be used: parameters .* like postgres:\/\/user/m);
    assert.match(output, /^REDIS_URL cannot be used: TLS .* not supported here.* like redis:\/\//m);
    assert.match(output, /^MONGO_URL cannot be used: .* like mongodb:\/\//m);
    assert.doesNotMatch(output, new RegExp(`${hidden}|Starting`));
  }
});

test('an address of several NATS servers reaches the services as it is', async () => {
  await using nats = await startNats();
  const list = `${nats.url}, nats://user:hunter2@127.0.0.1:${await findPort()}`;
  await using stack = await StandInStack.create('nats', { NATS_URL: list });
  const { code, output } = await stack.run('start', '--detach');
  assert.equal(code, 0, output);
  assert.doesNotMatch(output, /hunter2/);
  const environment = await (await fetch(`${stack.addresses().auth}/environment`)).json();
  assert.equal((environment as Record<string, string>).NATS_URL, list);
});

test('a killed child is started again on its port, and said so', async () => {
  await using stack = await StandInStack.create('nats,redis');
  const launcher = stack.begin('start');
  await launcher.printed('Ctrl-C stops all of it.');
  for (const name of ['auth', 'gateway', 'redis', 'nats']) {
    const before = stack.addresses();
    process.kill(before.pids[name] ?? 0, 'SIGKILL');
    await launcher.printed(`${name} ended (SIGKILL); starting it again in 0.1 s`);
    await launcher.printed(`${name} is back`);
    const after = stack.addresses();
    assert.equal(after[name], before[name]);
    assert.notEqual(after.pids[name], before.pids[name]);
  }
  launcher.process.kill('SIGTERM');
  await launcher.ended;
});

test('SIGTERM and Ctrl-C: gateway, services and servers end in this order, and no process stays', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    await using stack = await StandInStack.create('nats,redis,postgres');
    const launcher = stack.begin('start');
    await launcher.printed('Ctrl-C stops all of it.');
    const { pids } = stack.addresses();
    launcher.process.kill(signal);
    const { code, output } = await launcher.ended;
    assert.equal(code, 0, output);
    assert.deepEqual(stack.survivors(pids), []);
    const stops = [...output.matchAll(/^(\w+) +\| .*stopping$/gm)].map((match) => match[1]);
    assert.equal(stops[0], 'gateway');
    assert.deepEqual(stops.slice(1).sort(), ['auth', 'blog']);
  }
});

test('a signal that comes twice at once, by way of the group and of a parent, is no hurry', async () => {
  await using stack = await StandInStack.create('redis');
  const launcher = stack.begin('start');
  await launcher.printed('Ctrl-C stops all of it.');
  launcher.process.kill('SIGTERM');
  launcher.process.kill('SIGINT');
  const { code, output } = await launcher.ended;
  assert.equal(code, 0, output);
  assert.equal([...output.matchAll(/\| .*INFO +stopping$/gm)].length, 3, output);
});

test('after SIGKILL of the launcher the next start ends what it left, and only that', async () => {
  await using stack = await StandInStack.create('nats,redis,postgres');
  const launcher = stack.begin('start');
  await launcher.printed('Ctrl-C stops all of it.');
  const { pids } = stack.addresses();
  launcher.process.kill('SIGKILL');
  await launcher.ended;
  assert.ok(stack.survivors(pids).length > 0);
  const { code, output } = await stack.run('start', '--detach');
  assert.equal(code, 0, output);
  assert.match(output, /The last run was killed and left .*postgres \(pid \d+\)/);
  assert.deepEqual(stack.survivors(pids), []);
  assert.deepEqual(Object.keys(stack.addresses().pids).length, 6);
});

test('stop after SIGKILL of the launcher: ends what it left', async () => {
  await using stack = await StandInStack.create('redis');
  const launcher = stack.begin('start');
  await launcher.printed('Ctrl-C stops all of it.');
  const { pids } = stack.addresses();
  launcher.process.kill('SIGKILL');
  await launcher.ended;
  const { output } = await stack.run('stop');
  assert.match(output, /Ended what a killed run had left: .*redis/);
  assert.deepEqual(stack.survivors(pids), []);
});

test('the gateway’s port in use: says how to choose another, and starts nothing', async () => {
  await using stack = await StandInStack.create('redis');
  const other = createServer().listen(stack.gatewayPort, '127.0.0.1');
  const { code, output } = await stack.run('start', '--detach');
  assert.equal(code, 1);
  assert.match(output, new RegExp(`Port ${stack.gatewayPort}, .* is in use .*npm start -- --port \\d+`));
  const port = /--port (\d+)/.exec(output)?.[1] ?? '';
  const second = await stack.run('start', '--detach', '--port', port);
  other.close();
  assert.equal(second.code, 0, second.output);
  assert.equal(stack.addresses().gateway, `http://127.0.0.1:${port}`);
});

test('service: stop keeps it stopped until start; kill brings it back', async () => {
  await using stack = await StandInStack.create('redis');
  await stack.run('start', '--detach');
  const { blog = '', pids } = stack.addresses();
  assert.match((await stack.run('service', 'stop', 'blog')).output, /stopped until/);
  assert.equal(await answers(`${blog}/health`), false);
  assert.match((await stack.run('status')).output, /blog +stopped/);
  assert.equal(stack.addresses().pids.blog, undefined);
  assert.equal((await stack.run('service', 'start', 'blog')).code, 0);
  await waitFor('blog', () => answers(`${blog}/health`));
  const kill = await stack.run('service', 'kill', 'redis');
  assert.match(kill.output, new RegExp(`redis \\(pid ${pids.redis}\\) was killed`));
  await waitFor('redis', () => (stack.addresses().pids.redis ?? pids.redis) !== pids.redis);
  const unknown = await stack.run('service', 'kill', 'nobody');
  assert.equal(unknown.code, 1);
  assert.match(unknown.output, /nobody is unknown; there are .*auth/);
});

test('a service that cannot run: start fails with what it printed, and leaves nothing behind', async () => {
  await using stack = await StandInStack.create('redis', { STAND_IN_FAILS: 'auth' });
  const { code, output } = await stack.run('start', '--detach');
  assert.equal(code, 1);
  assert.match(output, /auth ends again and again.*\nauth +\| .*DB_HOST is missing/);
  assert.equal((await stack.run('status')).code, 1);
  assert.doesNotMatch((await stack.run('stop')).output, /Ended what/);
});

test('commands that make no sense end with 2 and say what would', async () => {
  await using stack = await StandInStack.create('redis');
  const wrong = [
    ['dance'],
    ['start', '--loud'],
    ['start', '--port', '99999'],
    ['service', 'hug', 'auth'],
    ['logs', 'nobody'],
  ];
  for (const args of wrong) {
    const { code, output } = await stack.run(...args);
    assert.equal(code, 2, args.join(' '));
    assert.ok(output.trim().length > 10, output);
  }
  const help = await stack.run('start', '--help');
  assert.equal(help.code, 0);
  assert.match(help.output, /--port/);
});

test('reset: removes everything the stack kept', async () => {
  await using stack = await StandInStack.create('redis,postgres');
  await stack.run('start', '--detach');
  const { pids } = stack.addresses();
  assert.equal((await stack.run('reset')).code, 2, 'without a terminal to ask on it wants --yes');
  assert.deepEqual(stack.addresses().pids, pids);
  const { code } = await stack.run('reset', '--yes');
  assert.equal(code, 0);
  assert.equal(existsSync(stack.home), false);
  assert.deepEqual(stack.survivors(pids), []);
});
