// Connections that are held, broken or filled without an end in sight: the server is well afterwards, and its memory
// is back.
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, before, type TestContext, test } from 'node:test';
import { openSocket } from '../gateway/test/raw-client.ts';
import { Connection, type Outcome } from './load/connection.ts';
import { requestText } from './load/plan.ts';
import { System, seedApiKey } from './system.ts';

/** An answer while it lasts, when the machine has other work as well. */
const duringMs = 2_000;
const healthyMs = 500;
const backMs = 5_000;
const key = { 'x-api-key': seedApiKey };
const signUp = requestText('POST', '/auth/signup/basic', {
  ...key,
  'content-type': 'application/json',
  'content-length': '1000',
});

let system: System;
let port = 0;
let usualMib: Record<string, number> = {};
before(async () => {
  system = await System.open();
  port = Number(new URL((await system.addresses()).gateway).port);
  for (let i = 0; i < 50; i++) await system.data('GET', '/blog/list/latest');
  usualMib = await system.memoryMib();
});
after(() => system[Symbol.asyncDispose]());

/** Opens so many connections, in groups that the kernel takes at once. */
async function openSockets(count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const group = Math.min(100, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: group }, () => openSocket(port)))));
  }
  for (const socket of sockets) socket.on('error', () => undefined);
  return sockets;
}

/** Asks for one thing of each kind. @returns how long the slowest took */
async function slowestOf(when: string): Promise<number> {
  const times: number[] = [];
  for (const path of ['/auth/health', '/blog/health', '/blog/list/latest', '/auth/.well-known/jwks.json']) {
    const { status, ms, text } = await system.ask('GET', path);
    assert.equal(status, 200, `${path} ${when}: ${text}`);
    times.push(ms);
  }
  return Math.round(Math.max(...times));
}

/** Others are served while it lasts. */
async function assertServing(t: TestContext, when: string): Promise<void> {
  const slowest = await slowestOf(when);
  t.diagnostic(`${when}: served within ${slowest} ms`);
  assert.ok(slowest < duringMs, `${when}: ${slowest} ms`);
}

/** All is as before within seconds: the processes are the same, and hold no more than they may. */
async function assertRecovered(t: TestContext, pids: Record<string, number>): Promise<void> {
  const startedAt = performance.now();
  const isLate = () => performance.now() - startedAt > backMs;
  let slowest = await slowestOf('afterwards');
  while (slowest >= healthyMs && !isLate()) slowest = await slowestOf('afterwards');
  t.diagnostic(
    `afterwards: served within ${slowest} ms, ${Math.round(performance.now() - startedAt)} ms later`,
  );
  assert.ok(slowest < healthyMs, `${slowest} ms`);
  assert.deepEqual((await system.addresses()).pids, pids);
  for (;;) {
    const mib = await system.memoryMib();
    const held = ['gateway', 'auth', 'blog'].map((name) => ({
      name,
      mib: mib[name] ?? 0,
      boundMib: 1.5 * (usualMib[name] ?? 0) + 128,
    }));
    if (held.every((each) => each.mib <= each.boundMib)) {
      t.diagnostic(
        `memory: ${held.map((each) => `${each.name} ${usualMib[each.name]} → ${each.mib} MiB`).join(', ')}`,
      );
      return;
    }
    assert.ok(!isLate(), JSON.stringify(held));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('connections: 500 that say nothing keep nobody from being served', async (t) => {
  const { pids } = await system.addresses();
  const sockets = await openSockets(500);
  await assertServing(t, 'with 500 idle connections');
  for (const socket of sockets) socket.destroy();
  await assertRecovered(t, pids);
});

test('connections: 500 that are reset in the middle of a request leave nothing behind', async (t) => {
  const { pids } = await system.addresses();
  const sockets = await openSockets(500);
  const wholes = ['/blog/list/latest', '/auth/profile/mine'].map((path) => requestText('GET', path, key));
  for (const [index, socket] of sockets.entries()) {
    // In the headers, in the body, and when it has been sent and is being answered.
    const sent = [signUp.slice(0, 60), `${signUp}{"email":`, ...wholes][index % 4] ?? '';
    await new Promise<void>((resolve) => socket.write(sent, () => resolve()));
    socket.resetAndDestroy();
  }
  await assertRecovered(t, pids);
});

test('connections: 300 requests sent ahead on each of 20, whose answers nobody reads, hold up nobody', async (t) => {
  const { pids } = await system.addresses();
  const sockets = await openSockets(20);
  for (const socket of sockets) {
    socket.pause();
    socket.write(requestText('GET', '/blog/list/latest', key).repeat(300));
  }
  await assertServing(t, 'with 300 requests sent ahead');
  for (const socket of sockets) socket.destroy();
  await assertRecovered(t, pids);
});

test('connections: 400 requests at once, each on a connection of its own, are all answered', async (t) => {
  const { pids } = await system.addresses();
  const connections = Array.from({ length: 400 }, () => new Connection(port));
  const request = Buffer.from(requestText('GET', '/blog/list/latest', key));
  const counts: Record<Outcome, number> = { good: 0, refused: 0, dropped: 0, wrong: 0 };
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve) =>
          connection.send(request, (outcome) => {
            counts[outcome]++;
            resolve();
          }),
        ),
    ),
  );
  for (const connection of connections) connection.close();
  t.diagnostic(JSON.stringify(counts));
  assert.equal(counts.good + counts.refused, 400);
  assert.ok(counts.good >= 300, `${counts.good} good answers`);
  await assertRecovered(t, pids);
});
