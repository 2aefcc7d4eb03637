import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createInbox, createQueryBuilder, onceIn } from '../src/index.ts';
import { createRecord } from './event-record.ts';
import { openTestMongo, type TestMongo } from './test-mongo.ts';

describe('inbox in MongoDB', () => {
  let opened: TestMongo;

  before(async () => {
    opened = await openTestMongo();
  });
  after(() => opened[Symbol.asyncDispose]());

  test('an event that was handled is not handled again, by each consumer for itself', async () => {
    const inbox = createInbox(opened.mongo);
    const event = createRecord('ann');
    const effects: string[] = [];
    const once = (consumer: string) => inbox.once(consumer, event, async () => void effects.push(consumer));
    assert.deepEqual([await once('names'), await once('names'), await once('caches')], [true, false, true]);
    assert.deepEqual(effects, ['names', 'caches']);
  });

  test('deliveries in parallel are no fault, and an event whose handler failed is handled the next time', async () => {
    const inbox = createInbox(opened.mongo);
    const event = createRecord('ann');
    const fail = () => Promise.reject(new Error('half-way'));
    await assert.rejects(inbox.once('names', event, fail), /half-way/);
    const entered = Promise.withResolvers<void>();
    let running = 0;
    const together = async () => {
      if (++running === 2) entered.resolve();
      await entered.promise;
    };
    const both = [inbox.once('names', event, together), inbox.once('names', event, together)];
    assert.deepEqual(await Promise.all(both), [true, true]);
    assert.equal(await inbox.once('names', event, fail), false);
  });

  test('a change that carries its mark happens once, however often the event comes', async () => {
    interface Tally {
      n: number;
      seen: string[];
    }
    const tallies = createQueryBuilder<Tally>(opened.mongo, 'tallies');
    const _id = await tallies.insertOne({ n: 0, seen: [] });
    const events = [createRecord('ann'), createRecord('ann')];
    const count = (event: (typeof events)[number]) => {
      const { filter, update } = onceIn<Tally>(event, { _id }, { $inc: { n: 1 }, $push: { seen: 'x' } });
      return tallies.updateOne(filter, update);
    };
    await Promise.all([...events, ...events, ...events].map(count));
    const tally = await tallies.findOne({ _id });
    assert.deepEqual([tally?.n, tally?.seen], [2, ['x', 'x']]);
  });

  test('marks go when their time is over', async () => {
    await createInbox(opened.mongo, { retentionSec: 60 }).createIndexes();
    const indexes = await opened.mongo.collection('events_inbox').indexes();
    assert.ok(indexes.some(({ key, expireAfterSeconds }) => 'handledAt' in key && expireAfterSeconds === 60));
  });
});
