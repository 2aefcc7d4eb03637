import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeJson } from '../src/home/home.ts';
import { endLeftovers, findLeftovers, Ledger } from '../src/home/ledger.ts';
import { Lock } from '../src/home/lock.ts';
import { findPort } from '../src/index.ts';
import { BackOff } from '../src/launcher/back-off.ts';
import { Child } from '../src/process/child.ts';
import { alive, descendants, startTime } from '../src/process/tree.ts';
import { aptProgress } from '../src/servers/install.ts';
import { waitFor } from './stand-in/wait.ts';

async function sleeper(): Promise<ChildProcess & { pid: number }> {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  return Object.assign(child, { pid: child.pid ?? 0 });
}

test('findPort: the usual port when it is free, else another one', async () => {
  const usual = await findPort();
  assert.equal(await findPort(usual), usual);
  const other = createServer().listen(usual, '127.0.0.1');
  await once(other, 'listening');
  assert.notEqual(await findPort(usual), usual);
  other.close();
  // Outgoing connections take ports from 32768 on: a killed server's port must not be among them.
  assert.ok(usual < 32_768);
});

test('stop: a child that does not listen is taken down at its deadline, with what it started', async () => {
  const stubborn = "trap '' TERM; sleep 60 & echo ready; while :; do wait; done";
  const lines: string[] = [];
  const child = await Child.spawn({ command: 'sh', args: ['-c', stubborn], stopMs: 200 }, (line) =>
    lines.push(line),
  );
  await waitFor('the child', () => lines.includes('ready'));
  const below = descendants(child.pid);
  assert.equal(below.length, 1);
  assert.deepEqual(await child.stop(), { code: null, signal: 'SIGKILL' });
  await waitFor('its child to end', () => !below.some(alive));
});

test('stop: a child that was paused ends politely all the same', async () => {
  const child = await Child.spawn({ command: 'sleep', args: ['60'] }, () => {});
  child.signalAll('SIGSTOP');
  assert.deepEqual(await child.stop(), { code: null, signal: 'SIGTERM' });
});

test('a program that is not there is an error, not a crash', async () => {
  await assert.rejects(
    Child.spawn({ command: '/nowhere/nothing', args: [] }, () => {}),
    /ENOENT/,
  );
});

test('children do not outlive a parent that ends by a signal', async () => {
  const child = new URL('../src/process/child.ts', import.meta.url).href;
  const script = `const { Child } = await import('${child}');
    const { pid } = await Child.spawn({ command: 'sleep', args: ['60'] }, () => {});
    console.log(pid);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script]);
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(String(line));
  assert.ok(alive(pid));
  parent.kill('SIGTERM');
  assert.deepEqual(await once(parent, 'exit'), [143, null]);
  await waitFor('the child to end', () => !alive(pid));
});

test('leftovers: exactly those that still run and started when we wrote them down', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tsmicro-ledger-'));
  const file = join(dir, 'processes.json');
  const [ours, stranger] = [await sleeper(), await sleeper()];
  new Ledger(file).enter('auth', ours.pid);
  const [entry] = findLeftovers(file);
  assert.deepEqual(entry, { name: 'auth', pid: ours.pid, startTime: startTime(ours.pid) });
  // A pid that was given out again: the same number, another start.
  writeJson(file, [entry, { name: 'blog', pid: stranger.pid, startTime: `${startTime(stranger.pid)}0` }]);
  const leftovers = findLeftovers(file);
  assert.deepEqual(
    leftovers.map(({ name }) => name),
    ['auth'],
  );
  await endLeftovers(leftovers);
  assert.equal(alive(ours.pid), false);
  assert.equal(alive(stranger.pid), true);
  stranger.kill('SIGKILL');
  rmSync(dir, { recursive: true });
});

test('lock: one holder at a time; it ends with its holder, however that ends', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tsmicro-lock-'));
  const file = join(dir, 'lock.sqlite');
  const lock = new URL('../src/home/lock.ts', import.meta.url).href;
  const script = `const { Lock } = await import('${lock}');
    globalThis.lock = Lock.take('${file}');
    console.log('held'); setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script]);
  await once(holder.stdout, 'data');
  assert.equal(Lock.take(file), undefined);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  using own = Lock.take(file);
  assert.ok(own);
  rmSync(dir, { recursive: true });
});

test('back-off: doubles up to 10 s, and begins anew after a sound run', () => {
  const backOff = new BackOff();
  const waits = Array.from({ length: 9 }, () => backOff.next(50));
  assert.deepEqual(waits, [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
  assert.equal(backOff.next(60_000), 100);
  assert.equal(backOff.next(50), 200);
});

test('apt’s status lines become percent, downloads the first half', () => {
  assert.equal(aptProgress('dlstatus:1:40.0000:Retrieving file 1 of 3'), 20);
  assert.equal(aptProgress('pmstatus:redis-server:60.0:Unpacking redis-server (amd64)'), 80);
  assert.equal(aptProgress('Setting up redis-server (5:7.0.15) ...'), undefined);
});
