import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  connectNats,
  createEvent,
  createRouter,
  defineEvent,
  onEvent,
  openEventConsumer,
  openEventRelay,
} from '@tsmicro/micro';
import { Type } from '@tsmicro/schema';
import { makeEventStreams, startNats } from '@tsmicro/stack';
import { Metrics } from '@tsmicro/telemetry';
import { showEvents } from '../src/events.ts';

const Thing = Type.Object({ size: Type.Integer() });
const made = defineEvent({ type: 'events.shop.thing.made', data: Thing, description: 'It is made' });
const sold = defineEvent({ type: 'events.till.thing.sold', data: Thing, description: 'It is sold' });

test('events: their figures are among the metrics, and the document says which are told and heard of', async () => {
  await using server = await startNats();
  const hearers = [{ service: 'shop', hears: ['shop'] }];
  await makeEventStreams(server.url, { hearers }, AbortSignal.timeout(10_000));
  await using natsClient = await connectNats({
    natsUrl: server.url,
    natsServiceName: 'shop',
    natsServiceVersion: '1.0.0',
  });
  const waiting = [createEvent(made, 'a', { size: 1 }), createEvent(made, 'b', { size: 2 })];
  const outbox = {
    pending: async () => [...waiting],
    sent: async () => void waiting.splice(0),
    backlog: async () => ({ count: waiting.length }),
  };
  const { promise: handled, resolve } = Promise.withResolvers<void>();
  const handlers = [onEvent(made, ({ data }) => (data.size === 2 ? resolve() : undefined))];
  await using consumer = openEventConsumer(natsClient, { name: 'shop-shop', handlers });
  await using relay = openEventRelay(natsClient, outbox);
  await using router = createRouter({ natsClient });
  const metrics = new Metrics();
  showEvents({ sent: [made], relay, consumers: [consumer], heard: [made, sold] }, router, metrics);
  await handled;
  await relay.close();
  await consumer.close();
  const text = await metrics.text();
  metrics.close();
  assert.match(text, /^events_published_total 2$/m);
  assert.match(text, /^events_waiting 0$/m);
  assert.match(text, /^events_consumed_total\{consumer="shop-shop",outcome="handled"\} 2$/m);
  const address = await router.start({ host: '127.0.0.1', port: 0 });
  const { operations } = JSON.parse(await (await fetch(`${address}/asyncapi.json`)).text());
  assert.deepEqual(Object.keys(operations), [made.type, `${made.type}.heard`, `${sold.type}.heard`]);
});
