import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEvent, defineEvent, hearEvents, onEvent, openEventRelay } from '@tsmicro/micro';
import { RequestContext, runInContext } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { until } from '../until.ts';
import { MemoryOutbox } from './outbox.ts';
import { orders, placed, Shop } from './shop.ts';

test('event: its data are what the definition names, and belong to the trace of the request', () => {
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const context = new RequestContext({ timeoutMs: 1_000, trace: { traceparent } });
  const data = { number: 7, secret: 'stays here' };
  const event = runInContext(context, () => createEvent(placed, 'c1', data));
  assert.deepEqual(event.data, { number: 7 });
  assert.deepEqual([event.type, event.entity, event.traceparent], [placed.type, 'c1', traceparent]);
  assert.match(event.id, /^[0-9a-f-]{36}$/);
  assert.equal(new Date(event.time).toISOString(), event.time);
});

test('event: what nobody could be told of is refused where it is made', () => {
  assert.throws(() => createEvent(placed, '', { number: 1 }), { name: 'EventError' });
  assert.throws(() => createEvent(placed, 'c1', { number: Number.NaN }), { name: 'EventError' });
  const text = defineEvent({
    type: 'events.shop.note.made',
    data: Type.Object({ text: Type.String() }),
    description: '',
  });
  assert.throws(() => createEvent(text, 'n1', { text: 'ä'.repeat(100_000) }), { name: 'EventError' });
  for (const type of [
    'shop.order.placed',
    'events.shop.placed',
    'events.shop.order.>',
    'events.Shop.order.x',
  ])
    assert.throws(() => defineEvent({ type, data: Type.Object({}), description: '' }), {
      name: 'NatsConfigError',
    });
});

test('listener: every instance hears of an event while it is published; rubbish is passed over', async () => {
  await using shop = await Shop.open();
  const heard: number[] = [];
  const handlers = [
    onEvent(placed, ({ data }) => {
      heard.push(data.number);
    }),
  ];
  const listeners = [shop.mail, await shop.connect('mail')].map((client) =>
    hearEvents(client, handlers, { logger: shop.log }),
  );
  await Promise.all([shop.mail.connection.flush(), shop.shop.connection.flush()]);
  await shop.say('rubbish');
  const outbox = new MemoryOutbox();
  const relay = shop.use(openEventRelay(shop.shop, outbox));
  outbox.write(...orders(1));
  relay.nudge();
  await until('both have heard', 5_000, () => heard.length === 2);
  assert.equal(shop.log.count(/in vain/), 2);
  for (const listener of listeners) listener.close();
});
