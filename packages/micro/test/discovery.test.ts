import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type NatsClient, openServiceWatch, type ServiceInstance, type ServiceWatch } from '@tsmicro/micro';
import { startNats } from '@tsmicro/stack';
import { spawnInstance } from './child-instance.ts';
import { openAsker, openInstance } from './counter.ts';
import { until } from './until.ts';

const names = ['counter'];
const quick = { names, pollMs: 200, replyMs: 150 };
const addresses = (instances: readonly ServiceInstance[]) => instances.map(({ http }) => http);

function infoOf(name: string, id: string): string {
  const metadata = { http: 'http://127.0.0.1:9' };
  return JSON.stringify({ type: 'io.nats.micro.v1.info_response', name, id, version: '1.0.0', metadata });
}

/** Answers for a service that is not there, and counts how often it was asked. */
async function answerFor(client: NatsClient, name: string, payloads: (times: number) => readonly string[]) {
  const asked = { times: 0 };
  client.connection.subscribe(`$SRV.INFO.${name}`, {
    callback: (_error, message) => {
      asked.times++;
      for (const payload of payloads(asked.times)) message.respond(payload);
    },
  });
  await client.connection.flush();
  return asked;
}

/** Waits until the watch has asked once more, and its answers have arrived. */
async function oneMoreQuestion(watch: ServiceWatch, asked: { times: number }, clients: NatsClient[]) {
  const { times } = asked;
  watch.refresh(watch.names[0] ?? '');
  await until('the question is asked', 2_000, () => asked.times > times);
  for (const { connection } of clients) await connection.flush();
}

test('watch: what is there is known when it opens, sorted; what becomes ready is known within a second', async (t) => {
  await using server = await startNats();
  await using asker = await openAsker(server.url);
  await using one = await openInstance(server.url);
  await using two = await openInstance(server.url);
  const seen: number[] = [];
  using watch = await openServiceWatch(asker, {
    names,
    onChange: (name, instances) => {
      assert.equal(name, 'counter');
      seen.push(instances.length);
    },
  });
  const ids = [one, two].map(({ client }) => client.instanceId).sort();
  assert.deepEqual(
    watch.instances('counter').map(({ id }) => id),
    ids,
  );
  assert.deepEqual(seen, [1, 2]);
  await using three = await openInstance(server.url);
  const ms = await until('the third is known', 1_000, () => watch.instances('counter').length === 3);
  t.diagnostic(`known ${ms.toFixed(1)} ms after it was ready`);
  const third = watch.instances('counter').find(({ id }) => id === three.client.instanceId);
  assert.match(third?.http ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.equal(third?.version, '1.0.0');
  assert.deepEqual(watch.instances('nobody'), []);
});

test('watch: an instance that begins to stop is out while its port still answers, and is found no more', async () => {
  await using server = await startNats();
  await using asker = await openAsker(server.url);
  await using staying = await openInstance(server.url);
  await using leaving = await openInstance(server.url);
  using watch = await openServiceWatch(asker, { names });
  assert.equal(watch.instances('counter').length, 2);
  const { instanceId } = leaving.client;
  const http = watch.instances('counter').find(({ id }) => id === instanceId)?.http;
  const closed = leaving.router.close({ lingerMs: 1_000, deadlineMs: 2_000 });
  await until('it is out', 500, () => watch.instances('counter').length === 1);
  assert.deepEqual(
    watch.instances('counter').map(({ id }) => id),
    [staying.client.instanceId],
  );
  assert.equal((await fetch(`${http}/nowhere`)).status, 404);
  for (const verb of ['INFO', 'PING']) {
    const question = asker.connection.request(`$SRV.${verb}.counter.${instanceId}`, '', { timeout: 1_000 });
    await assert.rejects(question, /no responders/);
  }
  await closed;
});

test('watch: a killed instance is dropped after two questions without an answer, the other stays', async (t) => {
  await using server = await startNats();
  await using asker = await openAsker(server.url);
  await using staying = await openInstance(server.url);
  using child = await spawnInstance(server.url);
  const seen: string[][] = [];
  using watch = await openServiceWatch(asker, {
    ...quick,
    onChange: (_name, instances) => seen.push(instances.map(({ id }) => id)),
  });
  await until('both are known', 1_000, () => watch.instances('counter').length === 2);
  child.process.kill('SIGKILL');
  const ms = await until('the killed one is dropped', 3_000, () => watch.instances('counter').length === 1);
  t.diagnostic(`dropped after ${Math.round(ms)} ms, asking every ${quick.pollMs}`);
  assert.ok(ms > quick.replyMs, 'one missing answer is not enough');
  assert.deepEqual(seen.at(-1), [staying.client.instanceId]);
});

test('watch: NATS killed and started again keeps the instances, and what came meanwhile is found', async () => {
  await using server = await startNats();
  await using asker = await openAsker(server.url);
  await using one = await openInstance(server.url);
  let fewest = Number.POSITIVE_INFINITY;
  using watch = await openServiceWatch(asker, {
    ...quick,
    onChange: (_name, instances) => {
      fewest = Math.min(fewest, instances.length);
    },
  });
  assert.equal(watch.instances('counter').length, 1);
  await server.kill();
  await until('the loss is noticed', 1_000, () => !asker.connected && !one.client.connected);
  await server.start();
  await using two = await openInstance(server.url);
  await until('both are known', 3_000, () => watch.instances('counter').length === 2);
  await until('the first is back', 3_000, () => one.client.connected && two.client.connected);
  assert.equal(fewest, 1, 'it was never dropped');
});

test('watch: while NATS hangs nothing is dropped, however many questions stay unanswered', async () => {
  await using server = await startNats();
  await using asker = await openAsker(server.url);
  await using one = await openInstance(server.url);
  using watch = await openServiceWatch(asker, quick);
  server.pause();
  await until('the hanging peer is noticed', 15_000, () => !asker.connected);
  assert.deepEqual(
    watch.instances('counter').map(({ id }) => id),
    [one.client.instanceId],
  );
  server.resume();
  await until('it is back', 3_000, () => asker.connected);
});

test('watch: an instance that has left is not brought back by a late answer', async () => {
  await using server = await startNats();
  await using asker = await openAsker(server.url);
  await using ghost = await openAsker(server.url, 'ghost');
  const asked = await answerFor(ghost, 'ghost', () => [infoOf('ghost', 'g1')]);
  using watch = await openServiceWatch(asker, { names: ['ghost'] });
  assert.deepEqual(addresses(watch.instances('ghost')), ['http://127.0.0.1:9']);
  ghost.connection.publish('$SRV.LEAVING.ghost.g1');
  await until('it is out', 1_000, () => watch.instances('ghost').length === 0);
  await oneMoreQuestion(watch, asked, [ghost, asker]);
  assert.deepEqual(watch.instances('ghost'), []);
  ghost.connection.publish('$SRV.READY.ghost.g1', infoOf('ghost', 'g1'));
  await until('it is ready anew', 1_000, () => watch.instances('ghost').length === 1);
});

test('watch: rubbish is ignored and a flood bounded; those that are known stay, and their end is seen', async () => {
  await using server = await startNats();
  await using asker = await openAsker(server.url);
  await using rogue = await openAsker(server.url, 'rogue');
  await using real = await openInstance(server.url);
  const seen: (readonly ServiceInstance[])[] = [];
  using watch = await openServiceWatch(asker, {
    names,
    onChange: (_name, instances) => seen.push(instances),
  });
  const rubbish = ['', '{', '[]', '{"id":7}', infoOf('other', 'x'), 'x'.repeat(500_000)];
  const flood = Array.from({ length: 3_000 }, (_, i) => infoOf('counter', `flood-${i}`));
  const asked = await answerFor(rogue, 'counter', (times) => (times === 1 ? rubbish : flood));
  await oneMoreQuestion(watch, asked, [rogue, asker]);
  for (const payload of [...rubbish, infoOf('counter', 'another')]) {
    rogue.connection.publish('$SRV.READY.counter.one', payload);
  }
  await rogue.connection.flush();
  await asker.connection.flush();
  assert.equal(seen.length, 1, 'rubbish changes nothing');
  await oneMoreQuestion(watch, asked, [rogue, asker]);
  assert.equal(watch.instances('counter').length, 256);
  const isReal = ({ id }: ServiceInstance) => id === real.client.instanceId;
  assert.ok(watch.instances('counter').some(isReal));
  const closed = real.router.close();
  await until('its end is seen', 1_000, () => !watch.instances('counter').some(isReal));
  await closed;
});

test('watch: many who doubt at once ask once, and the names may change', async () => {
  await using server = await startNats();
  await using asker = await openAsker(server.url);
  await using pair = await openAsker(server.url, 'pair');
  const left = await answerFor(pair, 'left', () => [infoOf('left', 'l')]);
  const right = await answerFor(pair, 'right', () => [infoOf('right', 'r')]);
  const seen: string[] = [];
  using watch = await openServiceWatch(asker, { names: ['left'], onChange: (name) => seen.push(name) });
  assert.equal(left.times, 1);
  for (let i = 0; i < 1_000; i++) watch.refresh('left');
  await until('it is asked again', 1_000, () => left.times > 1);
  watch.setNames(['right', 'left']);
  await until('the new one is known', 1_000, () => watch.instances('right').length === 1);
  assert.equal(left.times, 2, 'all of them were one question');
  watch.setNames(['right']);
  assert.deepEqual([watch.names, watch.instances('left')], [['right'], []]);
  pair.connection.publish('$SRV.READY.left.l2', infoOf('left', 'l2'));
  await oneMoreQuestion(watch, right, [pair, asker]);
  assert.deepEqual(seen, ['left', 'right']);
  assert.throws(() => watch.setNames(['a.*']), { name: 'NatsConfigError' });
  watch.close();
  watch.close();
  assert.deepEqual(watch.names, []);
});

test('watch: with nobody to watch it opens at once', async () => {
  await using server = await startNats();
  await using asker = await openAsker(server.url);
  const startedAt = performance.now();
  using watch = await openServiceWatch(asker, { names: ['nobody', 'counter'] });
  assert.ok(performance.now() - startedAt < 250);
  assert.deepEqual(watch.instances('nobody'), []);
  await using one = await openInstance(server.url);
  await until('the first is known', 1_000, () => watch.instances('counter').length === 1);
  assert.equal(one.client.connected, true);
});
