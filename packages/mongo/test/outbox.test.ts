import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventRecord } from '@tsmicro/dependency';
import {
  type Collection,
  createOutbox,
  type Document,
  isDuplicateKey,
  notRemoved,
  type Outbox,
} from '../src/index.ts';
import { createRecord } from './event-record.ts';
import { openTestMongo, type TestMongo } from './test-mongo.ts';

interface Thing extends Document {
  name: string;
  n: number;
}

describe('outbox in MongoDB', () => {
  let opened: TestMongo;
  let things: Collection<Thing>;

  before(async () => {
    opened = await openTestMongo();
    things = opened.mongo.collection<Thing>('things');
    await things.createIndex({ name: 1 }, { unique: true });
    await openOutbox().createIndexes();
  });
  after(() => opened[Symbol.asyncDispose]());
  beforeEach(async () => {
    await Promise.all(['things', 'notes'].map((name) => opened.mongo.collection(name).deleteMany({})));
  });

  const openOutbox = () => createOutbox(opened.mongo, ['things', 'notes']);
  const writer = (outbox: Outbox) => outbox.writer<Thing>('things');
  const bump = (outbox: Outbox, filter: Partial<Thing>, ...events: EventRecord[]) =>
    writer(outbox).findOneAndUpdate(filter, { $inc: { n: 1 } }, {}, ...events);

  test('the events of a write are pending with it, whole and as they were', async () => {
    const outbox = openOutbox();
    const trace = { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`, tracestate: 'a=b' };
    const data = { name: '$set', list: [1, null, { deep: 'é🌍' }] };
    const events = ['ann', 'ann', 'note'].map((entity) => ({ ...createRecord(entity, data), ...trace }));
    const [first, second, other] = events as [EventRecord, EventRecord, EventRecord];
    let told = 0;
    outbox.onWritten(() => told++);
    await writer(outbox).insertOne({ name: 'ann', n: 0 }, first);
    const changed = await bump(outbox, { name: 'ann' }, second);
    await outbox.writer('notes').insertOne({ text: 'x' }, other);
    assert.deepEqual(await outbox.pending(10), events);
    assert.deepEqual(await outbox.pending(1), [first]);
    assert.equal((await outbox.backlog()).count, 3);
    assert.equal(told, 3);
    assert.deepEqual(changed, { _id: changed?._id, name: 'ann', n: 1 });
  });

  test('a write that fails, or finds nothing to change, leaves no event', async () => {
    const outbox = openOutbox();
    let told = 0;
    outbox.onWritten(() => told++);
    await writer(outbox).insertOne({ name: 'ann', n: 0 });
    await assert.rejects(writer(outbox).insertOne({ name: 'ann', n: 5 }, createRecord('ann')), (error) =>
      isDuplicateKey(error, 'name'),
    );
    assert.equal(await bump(outbox, { name: 'bob' }, createRecord('bob')), undefined);
    assert.deepEqual(await outbox.pending(10), []);
    assert.deepEqual(await outbox.backlog(), { count: 0, oldest: undefined });
    assert.equal(told, 0);
  });

  test('what is sent never comes back, and nothing of it stays in the document', async () => {
    const outbox = openOutbox();
    const [first, second] = [createRecord('ann'), createRecord('ann')];
    const _id = await writer(outbox).insertOne({ name: 'ann', n: 0 }, first);
    const given = await outbox.pending(10);
    await bump(outbox, { name: 'ann' }, second);
    await outbox.sent(given);
    await outbox.sent(given);
    const rest = await outbox.pending(10);
    assert.deepEqual(rest, [second]);
    await outbox.sent(rest);
    assert.deepEqual(await things.findOne(), { _id, name: 'ann', n: 1 });
  });

  test('two relays at one document leave nothing of its outbox', async () => {
    const outboxes = [openOutbox(), openOutbox()] as const;
    await writer(outboxes[0]).insertOne({ name: 'ann', n: 0 }, createRecord('ann'), createRecord('ann'));
    const [first, second] = await outboxes[0].pending(10);
    assert.ok(first !== undefined && second !== undefined);
    await Promise.all([outboxes[0].sent([first]), outboxes[0].sent([second])]);
    // What is left when each of them had looked before the other took its event out.
    const empty = { since: new Date(1), owner: 'another', events: [] };
    await things.insertMany([
      { name: 'bob', n: 0, outbox: empty },
      { name: 'cid', n: 0, outbox: { ...empty, removed: true } },
    ]);
    assert.deepEqual(await outboxes[0].pending(10), []);
    const left = await things.find({}, { projection: { _id: 0 }, sort: { name: 1 } }).toArray();
    assert.deepEqual(left, [
      { name: 'ann', n: 0 },
      { name: 'bob', n: 0 },
    ]);
  });

  test('a removed document is gone at once, and leaves the collection with its last event', async () => {
    const outbox = openOutbox();
    const events = [createRecord('ann', { n: 1 }), createRecord('ann', { n: 2 })] as const;
    await writer(outbox).insertOne({ name: 'ann', n: 0 }, events[0]);
    const removed = await writer(outbox).removeOne({ name: 'ann' }, events[1]);
    assert.equal(removed?.name, 'ann');
    assert.equal(await things.findOne({ name: 'ann', ...notRemoved }), null);
    assert.equal(await bump(outbox, { name: 'ann' }, createRecord('ann')), undefined);
    assert.equal(await writer(outbox).removeOne({ name: 'ann' }, createRecord('ann')), undefined);
    const given = await outbox.pending(10);
    assert.deepEqual(given, [...events]);
    await outbox.sent(given.slice(0, 1));
    assert.equal(await things.countDocuments(), 1);
    await outbox.sent(given.slice(1));
    await outbox.pending(10);
    assert.equal(await things.countDocuments(), 0);
  });

  test('what another instance has just written is left to it; then it is taken over', async () => {
    const [ours, theirs] = [openOutbox(), openOutbox()];
    const [own, foreign] = [createRecord('ann'), createRecord('bob')];
    await writer(ours).insertOne({ name: 'ann', n: 0 }, own);
    await writer(theirs).insertOne({ name: 'bob', n: 0 }, foreign);
    const left = await ours.pending(10);
    if (left.length < 2) assert.deepEqual(left, [own]);
    const until = performance.now() + 10_000;
    let all = left;
    while (all.length < 2 && performance.now() < until) {
      await sleep(20);
      all = await ours.pending(10);
    }
    assert.deepEqual(all, [own, foreign]);
  });

  test('with parallel writers and several relays the first of each event come in the order of the changes', async () => {
    const names = ['ann', 'bob', 'cid'];
    const changes = 40;
    const relays = Array.from({ length: 3 }, openOutbox);
    await things.insertMany(names.map((name) => ({ name, n: 0 })));
    const told: EventRecord[] = [];
    let writing = true;
    const relay = async (outbox: Outbox) => {
      for (;;) {
        const last = !writing;
        const events = await outbox.pending(7);
        told.push(...events);
        await outbox.sent(events);
        if (last && (await outbox.backlog()).count === 0) return;
      }
    };
    const writeAll = async (outbox: Outbox, name: string) => {
      for (let n = 0; n < changes; n = (await things.findOne({ name }))?.n ?? 0) {
        await bump(outbox, { name, n }, createRecord(name, { n: n + 1 }));
      }
    };
    const relaying = Promise.all(relays.map(relay));
    await Promise.all(relays.flatMap((outbox) => names.map((name) => writeAll(outbox, name))));
    writing = false;
    await relaying;
    const firsts = [...new Map(told.map((event) => [event.id, event])).values()];
    const expected = Array.from({ length: changes }, (_, n) => ({ n: n + 1 }));
    for (const name of names) {
      const data = firsts.filter(({ entity }) => entity === name).map((event) => event.data);
      assert.deepEqual(data, expected);
    }
    assert.equal(await things.countDocuments({ outbox: { $exists: true } }), 0);
  });

  test('documents without events are not in the index that finds them', async () => {
    const indexes = await things.indexes();
    assert.ok(indexes.some(({ key, sparse }) => 'outbox.since' in key && sparse === true));
    await things.insertMany(Array.from({ length: 20 }, (_, n) => ({ name: `thing ${n}`, n })));
    const outbox = openOutbox();
    await writer(outbox).insertOne({ name: 'ann', n: 0 }, createRecord('ann'));
    const plan = await things.find({ 'outbox.since': { $gt: new Date(0) } }).explain('executionStats');
    assert.equal(plan.executionStats.totalDocsExamined, 1);
  });

  test('a collection that no relay looks into has no writer', () => {
    assert.throws(() => openOutbox().writer('elsewhere'), TypeError);
  });
});
