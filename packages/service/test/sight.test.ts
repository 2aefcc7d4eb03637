import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Operation, OperationChannel } from '@tsmicro/dependency';
import { connectNats, type NatsClient } from '@tsmicro/micro';
import { type Server, startNats } from '@tsmicro/stack';
import { Sight } from '@tsmicro/telemetry';
import {
  openSightPost,
  type SightPost,
  type SlowRequestMessage,
  type SpansMessage,
  sightSubject,
} from '../src/index.ts';

const served = new OperationChannel<Operation>('http.server');
const sight = new Sight();
let nats: Server;
let service: NatsClient;
let viewer: NatsClient;
let post: SightPost;

before(async () => {
  nats = await startNats({ url: process.env.NATS_URL });
  const connect = (natsServiceName: string) =>
    connectNats({ natsUrl: nats.url, natsServiceName, natsServiceVersion: '1.0.0' });
  [service, viewer] = await Promise.all([connect('seen'), connect('viewer')]);
  post = openSightPost(service, sight);
  await service.connection.flush();
});
after(async () => {
  post.close();
  sight.close();
  await Promise.all([service.close(), viewer.close()]);
  await nats[Symbol.asyncDispose]();
});

const say = (subject: string, message: unknown) =>
  viewer.connection.publish(subject, typeof message === 'string' ? message : JSON.stringify(message));

/** What the service says next on a subject. */
async function next<T>(subject: string): Promise<T> {
  const subscription = viewer.connection.subscribe(subject, { max: 1 });
  await viewer.connection.flush();
  for await (const message of subscription) return message.json<T>();
  throw new Error('nothing was said');
}

async function untilWatching(watching: boolean): Promise<void> {
  const deadline = performance.now() + 3_000;
  while (sight.watching !== watching) {
    assert.ok(performance.now() < deadline, watching ? 'somebody looks' : 'nobody looks any more');
    await new Promise(setImmediate);
  }
}

test('sight: who says so on NATS looks at a process, hears of a slow request and is told its spans', async () => {
  assert.equal(served.observed, false);
  say(sightSubject.watch, { leaseMs: 5_000, slowMs: 10 });
  await untilWatching(true);
  const slow = next<SlowRequestMessage>(sightSubject.slow('seen'));
  const spans = next<SpansMessage>(sightSubject.spans('seen'));
  const operation: Operation = { name: '/long', startedAt: performance.now() - 30 };
  served.start(operation);
  operation.status = 200;
  served.end(operation);
  const { traceId, name, durationMs } = await slow;
  assert.equal(name, '/long');
  assert.ok(durationMs >= 30);
  say(sightSubject.collect, { traceIds: [traceId] });
  const said = await spans;
  assert.equal(said.instance, service.instanceId);
  assert.partialDeepStrictEqual(said.spans, [
    { traceId, kind: 'http.server', name: '/long', status: 200, outcome: 'ok' },
  ]);
});

test('sight: what is no lease is none, and a lease has an end', async () => {
  sight.close();
  for (const wrong of ['no JSON', {}, { leaseMs: 1e9, slowMs: 0 }, { leaseMs: '5', slowMs: 0 }])
    say(sightSubject.watch, wrong);
  say(sightSubject.collect, { traceIds: ['no id'] });
  await viewer.connection.flush();
  await service.connection.flush();
  assert.equal(sight.watching, false);
  say(sightSubject.watch, { leaseMs: 300, slowMs: 0 });
  await untilWatching(true);
  await untilWatching(false);
  assert.equal(served.observed, false);
});

test('sight: a post that is closed hears nobody', async () => {
  post.close();
  say(sightSubject.watch, { leaseMs: 5_000, slowMs: 0 });
  await viewer.connection.flush();
  await service.connection.flush();
  assert.equal(sight.watching, false);
});
