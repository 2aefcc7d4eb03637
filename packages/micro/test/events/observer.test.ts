import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  listConsumerBacklogs,
  listLatestEvents,
  observeEvents,
  openEventRelay,
  type PassingEvent,
} from '@tsmicro/micro';
import { until } from '../until.ts';
import { MemoryOutbox } from './outbox.ts';
import { orders, placed, Shop } from './shop.ts';

test('observer: events are seen as they pass, the last of the stream in order, and who is behind', async () => {
  await using shop = await Shop.open();
  const observer = await shop.connect('observer');
  const passed: PassingEvent[] = [];
  const listener = observeEvents(observer, (event) => passed.push(event));
  await observer.connection.flush();
  assert.deepEqual(await listLatestEvents(observer, 5), []);
  await shop.say('no event');
  const events = orders(8);
  const outbox = new MemoryOutbox();
  outbox.write(...events);
  shop.use(openEventRelay(shop.shop, outbox));
  await until('all have passed', 5_000, () => passed.length === events.length);
  assert.deepEqual(passed, events);
  const latest = await listLatestEvents(observer, 5);
  assert.deepEqual(
    latest.map(({ id, sequence }) => [id, sequence]),
    events.slice(-5).map(({ id }, i) => [id, i + 5]),
  );
  assert.deepEqual(await listConsumerBacklogs(observer), [{ name: 'mail-shop', pending: 9 }]);
  shop.hear(() => {});
  await until('the consumer is through', 5_000, async () => {
    const [backlog] = await listConsumerBacklogs(observer);
    return backlog !== undefined && backlog.pending === 0;
  });
  listener.close();
  await shop.say(JSON.stringify({ type: placed.type }));
  assert.equal(passed.length, events.length);
});

test('observer: without a stream the question fails, and does not hang', async () => {
  await using shop = await Shop.open({ streams: false });
  await assert.rejects(listLatestEvents(shop.mail, 5));
  await assert.rejects(listConsumerBacklogs(shop.mail));
});
