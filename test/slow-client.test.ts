// Clients that send their headers or their body, or read their answers, as slowly as they like: 200 at once.
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { openSocket, type RawAnswer, readAnswer } from '../gateway/test/raw-client.ts';
import { runLoad } from './load/load.ts';
import { requestText } from './load/plan.ts';
import { percentile } from './load/tally.ts';
import { System, seedApiKey } from './system.ts';

const dripEveryMs = 1_000;
const headersMs = 10_000;
const bodyMs = 30_000;
/** The server looks for clients that are late once a second. */
const graceMs = 2_500;
const key = { 'x-api-key': seedApiKey };

let system: System;
let longBlog = '';
before(async () => {
  system = await System.open();
  const { accessToken: token } = await system.signIn();
  const texts = { title: 'Long', description: 'A long text', draftText: 'x'.repeat(50_000) };
  const body = { ...texts, slug: 'long', imgUrl: '/i.png', tags: ['LONG'] };
  longBlog = (await system.data<{ _id: string }>('POST', '/blog/author', { token, body }))._id;
  for (const step of ['author/submit', 'editor/publish'])
    await system.data('PUT', `/blog/${step}/id/${longBlog}`, { token });
});
after(() => system[Symbol.asyncDispose]());

interface Late {
  answer: RawAnswer;
  ms: number;
}

/** Sends `begin`, then `drop` once a second, until it is answered. */
async function drip(port: number, begin: string, drop: string, deadlineMs: number): Promise<Late> {
  const socket = await openSocket(port);
  const startedAt = performance.now();
  const answered = readAnswer(socket, deadlineMs + graceMs);
  socket.write(begin);
  const timer = setInterval(() => socket.write(drop), dripEveryMs);
  try {
    return { answer: await answered, ms: performance.now() - startedAt };
  } finally {
    clearInterval(timer);
    socket.destroy();
  }
}

/** Asks for far more than the kernel takes for it, and reads nothing. */
async function readNothing(port: number): Promise<Socket> {
  const socket = await openSocket(port);
  socket.on('error', () => undefined);
  socket.pause();
  socket.write(requestText('GET', `/blog/id/${longBlog}`, key).repeat(150));
  return socket;
}

const times = <T>(count: number, make: () => Promise<T>) => Array.from({ length: count }, make);
const portOf = (address: string) => Number(new URL(address).port);

function judge(what: string, late: Late[], dueMs: number): string {
  const ms = late.map((each) => each.ms);
  for (const { answer } of late) {
    assert.equal(answer.status, 408, what);
    assert.equal(answer.json?.code, '10001', what);
    assert.equal(answer.json?.status, 408, what);
  }
  assert.ok(Math.min(...ms) >= dueMs - 500, `${what}: one ended after ${Math.min(...ms)} ms`);
  assert.ok(Math.max(...ms) <= dueMs + graceMs, `${what}: one ended after ${Math.max(...ms)} ms`);
  return `${late.length} ${what}: 408 after ${Math.round(Math.min(...ms))} to ${Math.round(Math.max(...ms))} ms`;
}

test('slow clients: 200 of them leave everybody else quick, and are sent away at their deadlines', async (t) => {
  const { gateway, auth, blog } = await system.addresses();
  const port = portOf(gateway);
  const head = `GET /blog/list/latest HTTP/1.1\r\nhost: gateway\r\nx-api-key: ${seedApiKey}\r\n`;
  const post = requestText('POST', '/auth/signin/basic', {
    ...key,
    'content-type': 'application/json',
    'content-length': '1000',
  });
  const readers = await Promise.all(times(40, () => readNothing(port)));
  const headers = [
    ...times(80, () => drip(port, head, 'x-slow: 1\r\n', headersMs)),
    ...[auth, blog].map((address) => drip(portOf(address), head, 'x-slow: 1\r\n', headersMs)),
  ];
  const bodies = times(80, () => drip(port, post, ' ', bodyMs));
  const others = runLoad({
    port,
    kinds: [
      { name: 'latest', weight: 3, request: requestText('GET', '/blog/list/latest', key) },
      { name: 'long', weight: 1, request: requestText('GET', `/blog/id/${longBlog}`, key) },
      { name: 'health', weight: 1, request: requestText('GET', '/auth/health') },
    ],
    connections: 40,
    ratePerSec: 60,
    durationMs: bodyMs + graceMs,
  });
  const [lateHeaders, lateBodies, report] = await Promise.all([
    Promise.all(headers),
    Promise.all(bodies),
    others,
  ]);
  for (const socket of readers) socket.destroy();
  t.diagnostic(judge('that drip headers', lateHeaders, headersMs));
  t.diagnostic(judge('that drip a body', lateBodies, bodyMs));
  const p95Ms = percentile(report.goodMs, 0.95);
  t.diagnostic(`others: ${report.outcomes.good} answers, p95 ${p95Ms} ms, p99 ${report.goodP99Ms} ms`);
  const { good, refused, dropped, wrong } = report.outcomes;
  assert.equal(refused + dropped + wrong, 0, JSON.stringify(report.wrong));
  assert.ok(good > 1_000);
  assert.ok(p95Ms < 500, `p95 of the others is ${p95Ms} ms`);
});

test('slow clients: an idle connection is kept for 75 s, longer than a gateway keeps its own', async () => {
  const { gateway, auth, blog } = await system.addresses();
  for (const at of [`${gateway}/auth`, auth, blog]) {
    const { headers } = await system.ask('GET', '/health', { at });
    assert.equal(headers.get('keep-alive'), 'timeout=75', at);
  }
});
