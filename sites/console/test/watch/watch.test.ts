// The watch on a small system of real processes.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectNats } from '@tsmicro/micro';
import { findPort } from '@tsmicro/stack';
import type { MapNode, Snapshot, Span } from '../../src/watch/snapshot.ts';
import { Watch } from '../../src/watch/watch.ts';
import { Town, untilSeen } from './town.ts';

let town: Town;
before(async () => {
  town = await Town.open();
});
after(() => town[Symbol.asyncDispose]());

const named = ({ nodes }: Snapshot, name: string) => nodes.filter((node) => node.name === name);
const isUp = ({ health }: MapNode) => health === 'up';
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

test('watch: the first look shows every process, whatever its name, and the servers that they use', async () => {
  const snapshot = await town.until('all there', 5_000, (seen) =>
    ['gateway', 'asker', 'teller', 'NATS', 'Redis'].every((name) => named(seen, name).some(isUp)),
  );
  assert.deepEqual(snapshot.faults, []);
  const [gateway] = named(snapshot, 'gateway');
  assert.equal(gateway?.kind, 'gateway');
  assert.equal(gateway?.address, town.gateway);
  assert.match(named(snapshot, 'Redis')[0]?.address ?? '', /^127\.0\.0\.1:\d+$/);
  assert.ok((named(snapshot, 'asker')[0]?.memoryMiB ?? 0) > 10);
});

test('watch: rates, errors and lines agree with what was sent', async () => {
  const words = [...Array.from({ length: 30 }, (_, i) => `w${i}`), 'broken', 'broken'];
  await town.until('counted once', 5_000, ({ routes }) => routes.length >= 0);
  const statuses = await town.ask(...words);
  assert.deepEqual([statuses.filter((status) => status === 200).length, statuses.at(-1)], [30, 500]);
  const countOf = ({ routes }: Snapshot, service: string, route: string) => {
    const found = routes.find((one) => one.service === service && one.route === route);
    return Math.round(sum(found?.history ?? []));
  };
  const snapshot = await town.until(
    'all counted',
    6_000,
    (seen) => countOf(seen, 'gateway', 'words') >= 30 && countOf(seen, 'asker', '/word/:word') >= 30,
  );
  const near = (count: number) =>
    assert.ok(Math.abs(count - words.length) <= 2, `${count} of ${words.length}`);
  near(countOf(snapshot, 'gateway', 'words'));
  near(countOf(snapshot, 'asker', '/word/:word'));
  const endpoint = snapshot.endpoints.find(({ subject }) => subject === 'teller.tell');
  assert.equal(endpoint?.total, words.length);
  near(Math.round(sum(endpoint?.history ?? [])));
  const { p50Ms = 0, p99Ms = 0 } = endpoint ?? {};
  assert.ok(p50Ms > 0 && p99Ms >= p50Ms, 'durations are known');
  const [gateway, asker, teller] = ['gateway', 'asker', 'teller'].map((name) => named(snapshot, name)[0]?.id);
  const redis = named(snapshot, 'Redis')[0]?.id;
  const lines = new Map(snapshot.lines.map((line) => [`${line.from} ${line.to}`, line]));
  for (const [from, to] of [
    ['visitors', gateway],
    [gateway, asker],
    [asker, 'nats'],
    [teller, 'nats'],
    [teller, redis],
  ]) {
    assert.ok((lines.get(`${from} ${to}`)?.perSec ?? 0) > 0, `there is traffic from ${from} to ${to}`);
  }
  assert.ok((lines.get(`${gateway} ${asker}`)?.errorsPerSec ?? 0) > 0, 'the broken ones are errors');
});

test('watch: a slow request shows its way through the gateway, HTTP, NATS and Redis, each within its cause', async () => {
  const kinds = ['http.server', 'http.client', 'http.server', 'nats.client', 'nats.server', 'redis'];
  const isWhole = ({ spans }: { spans: readonly Span[] }) => spans.length >= kinds.length;
  // The lease has to reach everybody before anything is seen.
  const asking = setInterval(() => void town.ask('slow'), 100);
  let snapshot: Snapshot;
  try {
    snapshot = await town.until('a whole way', 10_000, ({ slow }) => slow.some(isWhole));
  } finally {
    clearInterval(asking);
  }
  const trace = snapshot.slow.find(isWhole);
  assert.equal(trace?.name, 'GET words');
  assert.equal(trace?.status, 200);
  const { spans = [] } = trace ?? {};
  assert.deepEqual(
    spans.map(({ kind }) => kind),
    kinds,
  );
  assert.deepEqual(
    spans.map(({ service }) => service),
    ['gateway', 'gateway', 'asker', 'asker', 'teller', 'teller'],
  );
  for (const [i, span] of spans.entries()) {
    const parent = spans[i - 1];
    assert.equal(span.parentId, parent?.id, `${span.kind} belongs to what is before it`);
    if (parent !== undefined)
      assert.ok(span.startMs >= parent.startMs, `${span.kind} begins after its cause`);
    assert.equal(span.outcome, 'ok');
  }
});

test('watch: a killed instance is gone within 2 s, its successor is there, and one that is stopped says so', async () => {
  const second = await town.spawn('teller');
  await town.until('two there', 5_000, (seen) => named(seen, 'teller').filter(isUp).length === 2);
  const viewer = town.watch.join();
  const killedAt = Date.now();
  second.kill('SIGKILL');
  const isGone = ({ health }: MapNode) => health === 'gone';
  const gone = await town.until('gone', 5_000, (seen) => named(seen, 'teller').some(isGone));
  assert.ok(gone.at - killedAt <= 2_000, `seen after ${gone.at - killedAt} ms`);
  assert.match(named(gone, 'teller').find(isGone)?.note ?? '', /does not answer/);
  assert.deepEqual(gone.faults, []);
  const third = await town.spawn('teller');
  await town.until('back', 2_000, (seen) => named(seen, 'teller').filter(isUp).length === 2);
  const ended = once(third, 'exit');
  third.kill('SIGTERM');
  await town.until('stopped', 5_000, (seen) =>
    named(seen, 'teller').some(({ health, note }) => health === 'gone' && note === 'it was stopped'),
  );
  await ended;
  viewer.leave();
});

test('watch: events are seen as they pass, and those of before by the next who looks', async () => {
  const event = {
    specversion: '1.0',
    id: '0b8a4b0e-6a51-4b52-9d7e-0f4a4f2b0c11',
    source: '/asker',
    type: 'events.asker.word.said',
    subject: 'w1',
    time: '2030-01-31T12:00:00.000Z',
    data: { word: 'w1' },
  };
  await town.until('looking', 3_000, () => true);
  town.client.connection.publish(event.type, JSON.stringify(event));
  town.client.connection.publish(event.type, 'no event');
  const { events } = await town.until('seen', 3_000, (seen) => seen.events.length > 0);
  const { id, type, source, time, data } = event;
  assert.deepEqual(events, [{ id, type, source, time, data }]);
  using other = new Watch({ natsClient: town.client, gatewayUrl: town.gateway });
  const again = await untilSeen(other, 'read from the stream', 3_000, (seen) => seen.events.length > 0);
  assert.equal(again.events[0]?.sequence, 1);
});

/** An instance that answers who it is to those whose inboxes begin so, and whose metrics are elsewhere. */
function openStranger(metrics: string, inboxes = '_INBOX'): Disposable {
  const stats = {
    type: 'io.nats.micro.v1.stats_response',
    name: 'stranger',
    id: 'stranger-1',
    version: '1.0.0',
    metadata: { metrics },
    started: new Date().toISOString(),
  };
  const subscription = town.client.connection.subscribe('$SRV.STATS', {
    callback: (_, message) => {
      if (message.reply?.startsWith(inboxes)) message.respond(JSON.stringify(stats));
    },
  });
  return { [Symbol.dispose]: () => subscription.unsubscribe() };
}

test('watch: a source that fails is a fault in words, and the others go on', async () => {
  const port = await findPort();
  using _ = openStranger(`http://127.0.0.1:${port}/metrics`);
  const snapshot = await town.until('a fault', 5_000, ({ faults }) => faults.length > 0);
  assert.match(snapshot.faults[0] ?? '', /^metrics of stranger .*ECONNREFUSED/);
  assert.ok(named(snapshot, 'stranger').some(isUp), 'it answers, so it is there');
  assert.ok(named(snapshot, 'asker').some(isUp));
});

/** An address that counts how often it is asked for metrics, and has none. */
async function openCounter() {
  const counter = { scrapes: 0, url: '' };
  const server = createServer((_, response) => {
    counter.scrapes++;
    response.end('');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return Object.assign(counter, {
    url: `http://127.0.0.1:${address.port}/metrics`,
    [Symbol.dispose]: close,
  });
}

test('watch: nobody looks, and nobody is asked, listened to or remembered', async () => {
  using counter = await openCounter();
  const options = { natsUrl: town.nats, natsServiceName: 'nobody', natsServiceVersion: '1.0.0' };
  await using client = await connectNats(options);
  using watch = new Watch({ natsClient: client, gatewayUrl: town.gateway });
  using _ = openStranger(counter.url, '_INBOX.nobody');
  await untilSeen(watch, 'asked', 5_000, () => counter.scrapes >= 2);
  assert.equal(watch.watching, true, 'for a while it goes on for who comes next');
  const deadline = performance.now() + 8_000;
  while (watch.watching) {
    assert.ok(performance.now() < deadline, 'it ends some seconds after the last has left');
    await sleep(20);
  }
  assert.equal(watch.latest, undefined);
  // What it had asked before is answered by now.
  let rounds = 0;
  await town.until('a round', 8_000, () => ++rounds >= 2);
  await client.connection.flush();
  const { inMsgs, outMsgs } = client.connection.stats();
  const { scrapes } = counter;
  // Others look on, and all kinds of things are said meanwhile.
  rounds = 0;
  await town.until('three rounds', 8_000, () => ++rounds >= 3);
  await town.ask('w1');
  await client.connection.flush();
  const now = client.connection.stats();
  assert.deepEqual([counter.scrapes, now.inMsgs, now.outMsgs], [scrapes, inMsgs, outMsgs]);
});
