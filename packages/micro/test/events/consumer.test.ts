import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type EventContext,
  listParkedEvents,
  onEvent,
  openEventConsumer,
  openEventRelay,
  sendParkedEventAgain,
} from '@tsmicro/micro';
import { currentContext } from '@tsmicro/network';
import { until } from '../until.ts';
import { MemoryOutbox } from './outbox.ts';
import { makeStreams, orders, paid, placed, Shop } from './shop.ts';

/** Publishes these, in order. */
async function tell(shop: Shop, ...events: ReturnType<typeof orders>): Promise<void> {
  const outbox = new MemoryOutbox();
  outbox.write(...events);
  await using relay = openEventRelay(shop.shop, outbox);
  relay.nudge();
  await until('events are out', 10_000, () => outbox.waiting.length === 0);
}

const envelope = (event: object) => JSON.stringify({ specversion: '1.0', source: '/shop', ...event });

test('consumer: a handler gets typed data in the trace and under the id of its event', async () => {
  await using shop = await Shop.open();
  const [event] = orders(1);
  assert.ok(event !== undefined);
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const seen: unknown[] = [];
  shop.hear((number) => {
    const { requestId, traceparent: trace, timeLeftMs } = currentContext() ?? {};
    seen.push({ number, requestId, trace: trace?.slice(0, 35), bounded: timeLeftMs !== undefined });
  });
  await tell(shop, { ...event, traceparent });
  await until('it is handled', 5_000, () => seen.length === 1);
  assert.deepEqual(seen, [
    { number: 0, requestId: event.id, trace: traceparent.slice(0, 35), bounded: true },
  ]);
});

test('consumer: an event that comes again, even when the stream no longer knows it, has one effect', async () => {
  await using shop = await Shop.open();
  const heard: number[] = [];
  const consumer = shop.hear((number) => {
    heard.push(number);
  });
  const [event] = orders(1);
  const { entity, ...rest } = event ?? assert.fail();
  // Without Nats-Msg-Id, as after the duplicate window.
  for (let time = 0; time < 3; time++) await shop.say(envelope({ ...rest, subject: entity }));
  await tell(shop, ...orders(1, 'last'));
  await until('the last one is handled', 5_000, () => heard.length === 2);
  assert.equal(await shop.count('EVENTS'), 4);
  assert.deepEqual([consumer.figures.handled, consumer.figures.repeated], [2, 2]);
});

test('consumer: one that fails is tried again, and those behind it wait, so that the order is kept', async () => {
  await using shop = await Shop.open();
  const heard: number[] = [];
  let failures = 0;
  const consumer = shop.hear((number) => {
    if (number === 1 && failures++ < 2) throw new Error('not yet');
    heard.push(number);
  });
  await tell(shop, ...orders(5));
  await until('all are handled', 10_000, () => heard.length === 5);
  assert.deepEqual(heard, [0, 1, 2, 3, 4]);
  assert.equal(consumer.figures.failed, 2);
});

test('consumer: poison is parked after five tries, with why, and the queue behind it moves on', async () => {
  await using shop = await Shop.open();
  const heard: string[] = [];
  let tries = 0;
  let broken = true;
  const consumer = shop.hear((number, customer) => {
    if (customer === 'poison' && broken) {
      tries++;
      throw new Error('a bug of ours');
    }
    heard.push(`${customer}${number}`);
  });
  await tell(shop, ...orders(1, 'poison'), ...orders(2, 'good'));
  await until('the others are handled', 20_000, () => heard.length === 2);
  assert.equal(tries, 5);
  assert.equal(consumer.figures.parked, 1);
  const [parked, ...others] = await listParkedEvents(shop.shop);
  assert.deepEqual(others, []);
  assert.ok(parked !== undefined);
  const { service, consumer: name, type, reason, tries: told, parkedAt } = parked;
  assert.deepEqual([service, name, type, told], ['mail', 'mail-shop', placed.type, 5]);
  assert.match(reason, /a bug of ours/);
  assert.ok(Math.abs(Date.parse(parkedAt) - Date.now()) < 60_000);

  await assert.rejects(sendParkedEventAgain(shop.shop, parked.sequence), { status: 500 });
  assert.equal(await shop.count('PARKED'), 1);
  broken = false;
  await sendParkedEventAgain(shop.shop, parked.sequence);
  assert.deepEqual(heard, ['good0', 'good1', 'poison0']);
  assert.deepEqual(await listParkedEvents(shop.shop), []);
  await assert.rejects(sendParkedEventAgain(shop.shop, parked.sequence), { status: 404 });
});

test('consumer: rubbish on the subject is parked at once, and nothing crashes', async () => {
  await using shop = await Shop.open();
  const heard: number[] = [];
  shop.hear((number) => {
    heard.push(number);
  });
  const { entity, ...event } = orders(1)[0] ?? assert.fail();
  const rubbish = [
    '',
    'no json',
    '[]',
    '{"specversion":"1.0"}',
    envelope({ ...event, subject: entity, specversion: '0.3' }),
    envelope({ ...event, subject: entity, id: 'no uuid' }),
    envelope({ ...event, subject: entity, type: paid.type }),
    envelope({ ...event, subject: entity, time: '2026-13-01T00:00:00Z' }),
    envelope({ ...event, subject: entity, data: { number: 'x' } }),
  ];
  for (const payload of rubbish) await shop.say(payload);
  await tell(shop, ...orders(1));
  await until('the good one is handled', 5_000, () => heard.length === 1);
  const parked = await listParkedEvents(shop.shop);
  assert.deepEqual(
    parked.map(({ tries }) => tries),
    rubbish.map(() => 1),
  );
  assert.deepEqual(
    parked.map(({ data }) => Buffer.from(data).toString()),
    rubbish,
  );
});

test('consumer: while what a handler needs is away its event is tried on, and never parked', async () => {
  await using shop = await Shop.open();
  const heard: number[] = [];
  let tries = 0;
  shop.hear((number) => {
    if (tries++ < 7) throw Object.assign(new Error('away'), { fault: 'unavailable' });
    heard.push(number);
  });
  await tell(shop, ...orders(2));
  await until('both are handled', 20_000, () => heard.length === 2);
  assert.equal(await shop.count('PARKED'), 0);
  assert.equal(shop.log.count(/tried again/), 1);
});

test('consumer: a handler that is not done in time has failed, and hears of it', async () => {
  await using shop = await Shop.open();
  let aborted = 0;
  const waiting = async (_event: unknown, { signal }: EventContext) => {
    signal.addEventListener('abort', () => aborted++);
    await new Promise(() => {});
  };
  const handlers = [onEvent(placed, waiting)];
  shop.use(openEventConsumer(shop.mail, { name: 'mail-shop', handlers, handlerTimeoutMs: 30 }));
  await tell(shop, ...orders(1));
  await until('it is parked', 20_000, async () => (await shop.count('PARKED')) === 1);
  assert.equal(aborted, 5);
});

test('consumer: two instances share the events; each is handled by one, in order while one is tried again', async () => {
  await using shop = await Shop.open();
  const heard: [instance: string, number: number][] = [];
  let failures = 0;
  const noteFor = (instance: string) => (number: number) => {
    if (number === 3 && failures++ < 2) throw new Error('not yet');
    heard.push([instance, number]);
  };
  shop.hear(noteFor('a'));
  shop.hear(noteFor('b'), {}, await shop.connect('mail'));
  await tell(shop, ...orders(100));
  await until('all are handled', 10_000, () => heard.length === 100);
  assert.deepEqual(
    heard.map(([, number]) => number),
    Array.from({ length: 100 }, (_, number) => number),
  );
  assert.equal(new Set(heard.map(([instance]) => instance)).size, 2);
});

test('consumer: closing waits for the handler at work, and leaves what is behind to another instance', async () => {
  await using shop = await Shop.open();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: free, resolve: finish } = Promise.withResolvers<void>();
  const heard: number[] = [];
  const first = shop.hear(async (number) => {
    begin();
    await free;
    heard.push(number);
  });
  await tell(shop, ...orders(3));
  await begun;
  const closing = first.close();
  finish();
  await closing;
  assert.deepEqual(heard, [0]);
  shop.hear(
    (number) => {
      heard.push(number);
    },
    {},
    await shop.connect('mail'),
  );
  await until('the rest is handled', 5_000, () => heard.length === 3);
  assert.deepEqual(heard, [0, 1, 2]);
});

test('consumer: an instance that dies between the effect of an event and its acknowledgement repeats nothing', async () => {
  await using shop = await Shop.open();
  const dying = await shop.connect('mail');
  const heard: number[] = [];
  shop.hear(
    async (number) => {
      heard.push(number);
      await dying.connection.close();
    },
    {},
    dying,
  );
  await tell(shop, ...orders(2));
  await until('the first is handled', 5_000, () => heard.length === 1);
  const other = shop.hear((number) => {
    heard.push(number);
  });
  await until('the second is handled', 15_000, () => heard.length === 2);
  assert.deepEqual(heard, [0, 1]);
  assert.equal(other.figures.repeated, 1);
});

test('consumer: it goes on after a restart of NATS, and after NATS hung', async () => {
  await using shop = await Shop.open();
  const heard: number[] = [];
  shop.hear((number) => {
    heard.push(number);
  });
  const [first, second, third] = orders(3);
  assert.ok(first && second && third);
  await tell(shop, first);
  await until('the first is handled', 5_000, () => heard.length === 1);
  await shop.server.kill();
  await until('the loss is noticed', 5_000, () => !shop.mail.connected);
  await shop.server.start();
  await until('it is noticed', 5_000, () => shop.mail.connected && shop.shop.connected);
  await tell(shop, second);
  await until('the second is handled', 10_000, () => heard.length === 2);
  shop.server.pause();
  await until('the hanging server is noticed', 15_000, () => !shop.mail.connected);
  shop.server.resume();
  await tell(shop, third);
  await until('the third is handled', 10_000, () => heard.length === 3);
});

test('consumer: before there is a stream it waits, which is said once', async () => {
  await using shop = await Shop.open({ streams: false });
  const heard: number[] = [];
  shop.hear((number) => {
    heard.push(number);
  });
  await until('it waits', 5_000, () => shop.log.count(/waiting for the consumer/) > 0);
  await makeStreams(shop.server.url);
  await tell(shop, ...orders(1));
  await until('it is handled', 5_000, () => heard.length === 1);
  assert.equal(shop.log.count(/waiting for the consumer/), 1);
  assert.equal(shop.log.count(/is there/), 1);
});

test('consumer: its name begins with that of its service', async () => {
  await using shop = await Shop.open();
  assert.throws(() => openEventConsumer(shop.mail, { name: 'shop-mail', handlers: [] }), {
    name: 'NatsConfigError',
  });
});
