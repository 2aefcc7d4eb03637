import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { EventRecord } from '@tsmicro/dependency';
import { createOutbox, type Outbox, type Postgres, sql } from '../src/index.ts';
import { createRecord, eventually, openEventTables } from './event-tables.ts';

describe('outbox in PostgreSQL', () => {
  const opened = new AsyncDisposableStack();
  let postgres: Postgres<unknown>;

  before(async () => {
    postgres = opened.use(await openEventTables()).postgres;
    await sql`create table counters (entity text primary key, n int not null default 0)`.execute(postgres.db);
  });
  after(() => opened.disposeAsync());
  beforeEach(() => sql`truncate events_outbox, counters`.execute(postgres.db));

  const write = (outbox: Outbox, ...events: EventRecord[]) =>
    postgres.transaction((transaction) => outbox.write(transaction, ...events));

  test('what a transaction wrote is pending once it has committed, whole and as it was', async () => {
    const outbox = createOutbox(postgres);
    const trace = { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`, tracestate: 'a=b' };
    const events = [
      { ...createRecord('ann', { name: "O'Hara", list: [1, null, { deep: 'é🌍' }] }), ...trace },
      createRecord('bob'),
    ];
    await write(outbox, ...events);
    assert.deepEqual(await outbox.pending(10), events);
    assert.deepEqual(await outbox.pending(1), events.slice(0, 1));
  });

  test('a transaction that rolls back leaves no event, and nobody is told of it', async () => {
    const outbox = createOutbox(postgres);
    let told = 0;
    outbox.onWritten(() => told++);
    await assert.rejects(
      postgres.transaction(async (transaction) => {
        await sql`insert into counters (entity) values ('ann')`.execute(transaction);
        await outbox.write(transaction, createRecord('ann'));
        throw new Error('changed my mind');
      }),
      /changed my mind/,
    );
    assert.deepEqual(await outbox.pending(10), []);
    assert.equal(told, 0);
    await postgres.transaction(async (transaction) => {
      await outbox.write(transaction, createRecord('ann'));
      assert.equal(told, 0);
    });
    assert.equal(told, 1);
  });

  test('what is sent never comes back, and sending it again is no fault', async () => {
    const outbox = createOutbox(postgres);
    const [first, second] = [createRecord('ann'), createRecord('ann')];
    await write(outbox, first, second);
    assert.equal((await outbox.backlog()).count, 2);
    await outbox.sent([first]);
    await outbox.sent([first]);
    assert.deepEqual(await outbox.pending(10), [second]);
    await outbox.sent([second]);
    assert.deepEqual(await outbox.backlog(), { count: 0, oldest: undefined });
  });

  test('of one entity a later event is never seen before an earlier one whose transaction is still open', async () => {
    const outbox = createOutbox(postgres);
    const [first, second] = [createRecord('ann'), createRecord('ann')];
    const held = Promise.withResolvers<void>();
    const written = Promise.withResolvers<void>();
    const earlier = postgres.transaction(async (transaction) => {
      await outbox.write(transaction, first);
      written.resolve();
      await held.promise;
    });
    await written.promise;
    let laterIsDone = false;
    const later = write(outbox, second).then(() => {
      laterIsDone = true;
    });
    await eventually(
      async () =>
        laterIsDone ||
        (await sql`select from pg_locks where locktype = 'advisory' and not granted`.execute(postgres.db))
          .rows.length > 0,
      (settled) => settled,
    );
    const seen = await outbox.pending(10);
    held.resolve();
    await Promise.all([earlier, later]);
    assert.deepEqual(seen, []);
    assert.deepEqual(await outbox.pending(10), [first, second]);
  });

  test('writers to the same entities in opposite order do not lock each other up', async () => {
    const outbox = createOutbox(postgres);
    const writers = Array.from({ length: 24 }, (_, n) => {
      const entities = n % 2 === 0 ? ['ann', 'bob', 'cid'] : ['cid', 'bob', 'ann'];
      return write(outbox, ...entities.map((entity) => createRecord(entity)));
    });
    await Promise.all(writers);
    assert.equal((await outbox.backlog()).count, 72);
  });

  test('what another instance has just written is left to it, with all that follows it; then it is taken over', async () => {
    const [ours, theirs] = [createOutbox(postgres), createOutbox(postgres)];
    const events = ['ann', 'bob', 'ann', 'bob'].map((entity, n) => createRecord(entity, { n }));
    const [own, foreign, ownToo, afterForeign] = events as [
      EventRecord,
      EventRecord,
      EventRecord,
      EventRecord,
    ];
    await write(ours, own);
    await write(theirs, foreign);
    await write(ours, ownToo, afterForeign);
    const left = await ours.pending(10);
    if (left.length < 4) assert.deepEqual(left, [own, ownToo]);
    assert.ok((await theirs.pending(10)).some(({ id }) => id === foreign.id));
    assert.deepEqual(
      await eventually(
        () => ours.pending(10),
        ({ length }) => length === 4,
      ),
      events,
    );
  });

  test('with parallel writers and several relays the first of each event come in the order of the changes', async () => {
    const entities = ['ann', 'bob', 'cid'];
    const changes = 60;
    await sql`insert into counters (entity) select unnest(${entities}::text[])`.execute(postgres.db);
    const relays = Array.from({ length: 3 }, () => createOutbox(postgres));
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
    const change = (outbox: Outbox, entity: string) =>
      postgres.transaction(async (transaction) => {
        const { rows } = await sql<{ n: number }>`
          update counters set n = n + 1 where entity = ${entity} returning n
        `.execute(transaction);
        await outbox.write(transaction, createRecord(entity, { n: rows[0]?.n }));
      });
    const writer = async (outbox: Outbox) => {
      for (let n = 0; n < changes; n++) await change(outbox, entities[n % entities.length] ?? '');
    };
    const relaying = Promise.all(relays.map(relay));
    await Promise.all(relays.map(writer));
    writing = false;
    await relaying;
    const firsts = [...new Map(told.map((event) => [event.id, event])).values()];
    const expected = Array.from({ length: changes }, (_, n) => ({ n: n + 1 }));
    for (const entity of entities) {
      const data = firsts.filter((event) => event.entity === entity).map((event) => event.data);
      assert.deepEqual(data, expected);
    }
  });
});
