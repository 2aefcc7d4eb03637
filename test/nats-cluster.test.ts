// NATS as three servers: one of them is killed, the one that leads a stream, while messages are written to that stream and
// requests cross NATS.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connectNats, type NatsClient } from '@tsmicro/micro';
import { System } from './system.ts';

const stream = 'NOTES';
/** Back to normal after a NATS server has gone. */
const backMs = 3_000;
/** What was asked this long before may still have been under way. */
const underWayMs = 2_500;
const messagesAround = 200;
const writers = 4;
const api = '$JS.API.STREAM';

let system: System;
let operator: NatsClient;
before(async () => {
  system = await System.open('--nats-cluster');
  operator = await connectNats({
    natsUrl: (await system.addresses()).nats,
    natsServiceName: 'operator',
    natsServiceVersion: '1.0.0',
  });
});
after(async () => {
  await operator.close();
  await system[Symbol.asyncDispose]();
});

interface StreamInfo {
  error?: { description: string };
  config?: { num_replicas: number };
  cluster?: { leader?: string; replicas?: { name: string; current: boolean }[] };
}

async function ask<T>(subject: string, payload = ''): Promise<T> {
  const reply = await operator.connection.request(subject, payload, { timeout: 5_000 });
  return reply.json() as T;
}

/** Asks until the stream has a leader and both others have all that it has. */
async function settledLeader(): Promise<string> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const info = await ask<StreamInfo>(`${api}.INFO.${stream}`).catch(() => undefined);
    const { leader, replicas = [] } = info?.cluster ?? {};
    if (leader && replicas.filter(({ current }) => current).length === 2) return leader;
    if (performance.now() > deadline) throw new Error(`the stream is not settled: ${JSON.stringify(info)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Writes one message after the other until told to end, each until it is acknowledged. */
async function write(writer: number, acknowledged: Map<string, number>, signal: AbortSignal): Promise<void> {
  for (let number = 0; !signal.aborted; number++) {
    const text = `${writer}-${number}`;
    // Without an acknowledgement nothing is promised of a message; the next one is another.
    const reply = await operator.connection
      .request(`notes.${writer}`, text, { timeout: 2_000 })
      .catch(() => undefined);
    const { seq } = (reply?.json() ?? {}) as { seq?: number };
    if (seq === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
    else acknowledged.set(text, seq);
  }
}

/** Requests that cross NATS, one after the other; when each began, and what became of it. */
async function readDrafts(
  token: string,
  answers: [at: number, status: number][],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const at = performance.now();
    const { status } = await system.ask('GET', '/blog/author/drafts', { token });
    answers.push([at, status]);
  }
}

async function until(what: string, reached: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!reached()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('nats cluster: three servers, and everybody knows all of them', async () => {
  const { pids, nats } = await system.addresses();
  for (const name of ['nats', 'nats-2', 'nats-3']) assert.ok(pids[name] !== undefined, name);
  assert.match(nats, /^(?:nats:\/\/operator:\w+@127\.0\.0\.1:\d+(?:,|$)){3}$/);
  const { NATS_URL = '' } = await system.variables('auth');
  assert.match(NATS_URL, /^(?:nats:\/\/auth:\w+@127\.0\.0\.1:\d+(?:,|$)){3}$/);
});

test('nats cluster: the streams of events are on all three', async () => {
  for (const name of ['EVENTS', 'PARKED']) {
    const { config } = await ask<StreamInfo>(`${api}.INFO.${name}`);
    assert.equal(config?.num_replicas, 3, name);
  }
});

test('nats cluster: its leader is killed: requests go on, and no acknowledged message is lost', async (t) => {
  const wanted = { name: stream, subjects: ['notes.>'], num_replicas: 3, storage: 'file' };
  const made = await ask<StreamInfo>(`${api}.CREATE.${stream}`, JSON.stringify(wanted));
  assert.equal(made.error, undefined, made.error?.description);
  assert.equal(made.config?.num_replicas, 3);
  const { accessToken: token } = await system.signIn();
  const over = new AbortController();
  const acknowledged = new Map<string, number>();
  const answers: [at: number, status: number][] = [];
  const working = Promise.all([
    readDrafts(token, answers, over.signal),
    ...Array.from({ length: writers }, (_, writer) => write(writer, acknowledged, over.signal)),
  ]);
  const killed: string[] = [];
  const kills: number[] = [];
  for (let turn = 0; turn < 2; turn++) {
    const before = acknowledged.size;
    await until('messages before the kill', () => acknowledged.size >= before + messagesAround);
    const leader = await settledLeader();
    const pid = (await system.addresses()).pids[leader];
    assert.ok(pid !== undefined, leader);
    process.kill(pid, 'SIGKILL');
    killed.push(leader);
    kills.push(performance.now());
    const atKill = acknowledged.size;
    await until('messages after the kill', () => acknowledged.size >= atKill + messagesAround);
    await settledLeader();
  }
  over.abort();
  await working;
  const failed = answers.filter(([, status]) => status !== 200);
  const late = failed.filter(([at]) => kills.every((kill) => at < kill - underWayMs || at > kill + backMs));
  t.diagnostic(
    `${killed.join(', ')} killed; ${acknowledged.size} messages acknowledged; ` +
      `${answers.length} requests, ${failed.length} failed`,
  );
  assert.deepEqual(late, []);
  assert.ok(
    failed.every(([, status]) => status === 503 || status === 504),
    JSON.stringify(failed),
  );
  for (const [text, seq] of acknowledged) {
    const { message } = await ask<{ message?: { data: string } }>(
      `${api}.MSG.GET.${stream}`,
      JSON.stringify({ seq }),
    );
    assert.equal(Buffer.from(message?.data ?? '', 'base64').toString(), text, `message ${seq}`);
  }
});

test('nats cluster: with one of three stopped for good all works', async () => {
  await system.command('service', 'stop', await settledLeader());
  await system.until(200, backMs, 'GET', '/auth/health/ready');
  const { accessToken: token } = await system.signIn();
  await system.until(200, backMs, 'GET', '/blog/author/drafts', { token });
  const reply = await operator.connection.request('notes.last', 'kept', { timeout: 5_000 });
  assert.match(reply.string(), /"seq":\d+/);
});
