import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OperationChannel } from '@tsmicro/dependency';
import { openEventRelay } from '@tsmicro/micro';
import { until } from '../until.ts';
import { MemoryOutbox } from './outbox.ts';
import { makeStreams, orders, Shop } from './shop.ts';

test('relay: an event that it is told of is out at once, without waiting for the next look', async () => {
  await using shop = await Shop.open();
  const outbox = new MemoryOutbox();
  const relay = shop.use(openEventRelay(shop.shop, outbox, { pollMs: 60_000 }));
  outbox.write(...orders(1));
  relay.nudge();
  await until('it is out', 5_000, () => outbox.marked === 1);
  assert.equal(await shop.count('EVENTS'), 1);
  assert.equal(relay.figures.published, 1);
});

test('relay: an event that nobody told it of is found', async () => {
  await using shop = await Shop.open();
  const outbox = new MemoryOutbox();
  shop.use(openEventRelay(shop.shop, outbox, { pollMs: 50 }));
  outbox.write(...orders(1));
  await until('it is out', 5_000, () => outbox.marked === 1);
});

test('relay: a thousand events are out within 10 s of the return of NATS, each once, in order for each entity', async () => {
  await using shop = await Shop.open();
  const outbox = new MemoryOutbox();
  const heard = new Map<string, number[]>();
  shop.hear((number, customer) => {
    heard.set(customer, [...(heard.get(customer) ?? []), number]);
  });
  const relay = shop.use(openEventRelay(shop.shop, outbox, { pollMs: 200, logger: shop.log }));
  await shop.server.kill();
  await until('the loss is noticed', 5_000, () => !shop.shop.connected);
  for (let number = 0; number < 100; number++)
    for (let customer = 0; customer < 10; customer++) {
      const event = orders(number + 1, `c${customer}`).at(-1);
      if (event !== undefined) outbox.write(event);
    }
  relay.nudge();
  await until('the lag is seen', 5_000, () => relay.figures.waiting === 1_000);
  assert.ok(relay.figures.oldestAgeMs > 0);
  await shop.server.start();
  await until('all are out', 10_000, () => outbox.waiting.length === 0);
  assert.equal(await shop.count('EVENTS'), 1_000);
  await until('all are handled', 30_000, () => [...heard.values()].flat().length === 1_000);
  const inOrder = Array.from({ length: 100 }, (_, number) => number);
  for (const numbers of heard.values()) assert.deepEqual(numbers, inOrder);
  await until('no lag is seen', 5_000, () => relay.figures.waiting === 0);
});

test('relay: a crash between publishing and marking publishes again what the stream then takes as one', async () => {
  await using shop = await Shop.open();
  const outbox = new MemoryOutbox();
  outbox.crash = new Error('killed');
  outbox.write(...orders(20));
  shop.use(openEventRelay(shop.shop, outbox));
  await until('all are marked', 5_000, () => outbox.marked === 20);
  assert.equal(await shop.count('EVENTS'), 20);
});

test('relay: two instances relay one outbox, and each event is in the stream once', async () => {
  await using shop = await Shop.open();
  const outbox = new MemoryOutbox();
  outbox.write(...orders(200, 'a'), ...orders(200, 'b'));
  shop.use(openEventRelay(shop.shop, outbox));
  shop.use(openEventRelay(await shop.connect('shop'), outbox));
  const heard: string[] = [];
  shop.hear((number, customer) => {
    heard.push(`${customer}${number}`);
  });
  await until('all are handled', 10_000, () => heard.length === 400);
  assert.equal(await shop.count('EVENTS'), 400);
  for (const customer of ['a', 'b']) {
    const own = heard.filter((order) => order.startsWith(customer));
    assert.deepEqual(
      own,
      Array.from({ length: 200 }, (_, number) => `${customer}${number}`),
    );
  }
});

test('relay: while NATS hangs events wait, and none is lost when it goes on', async () => {
  await using shop = await Shop.open();
  const outbox = new MemoryOutbox();
  const relay = shop.use(openEventRelay(shop.shop, outbox, { publishTimeoutMs: 300, logger: shop.log }));
  shop.server.pause();
  outbox.write(...orders(20));
  relay.nudge();
  await until('it has tried', 5_000, () => relay.figures.failures > 0);
  assert.equal(outbox.waiting.length, 20);
  shop.server.resume();
  await until('all are out', 10_000, () => outbox.marked === 20);
  assert.equal(await shop.count('EVENTS'), 20);
});

test('relay: without the stream events wait, which is said once', async () => {
  await using shop = await Shop.open({ streams: false });
  const outbox = new MemoryOutbox();
  outbox.write(...orders(3));
  const relay = shop.use(openEventRelay(shop.shop, outbox, { logger: shop.log }));
  await until('it has tried more than once', 10_000, () => relay.figures.failures > 2);
  assert.equal(shop.log.count(/could not be published/), 1);
  await makeStreams(shop.server.url);
  await until('all are out', 10_000, () => outbox.marked === 3);
  assert.equal(shop.log.count(/published again/), 1);
});

test('relay: closing publishes what it was told of', async () => {
  await using shop = await Shop.open();
  const outbox = new MemoryOutbox();
  const relay = openEventRelay(shop.shop, outbox);
  outbox.write(...orders(5));
  relay.nudge();
  await relay.close();
  assert.equal(outbox.marked, 5);
});

test('relay: an event that the stream has counts as a success for whoever counts what is asked', async () => {
  await using shop = await Shop.open();
  const outbox = new MemoryOutbox();
  const statuses: (number | undefined)[] = [];
  const leave = new OperationChannel('nats.client').subscribe({
    onEnd: ({ status }) => statuses.push(status),
  });
  const relay = shop.use(openEventRelay(shop.shop, outbox, { pollMs: 60_000 }));
  outbox.write(...orders(1));
  relay.nudge();
  await until('it is out', 5_000, () => outbox.marked === 1);
  leave();
  assert.deepEqual(statuses, [200]);
});
