import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createInbox, type Postgres, sql, type Transaction } from '../src/index.ts';
import { createRecord, openEventTables } from './event-tables.ts';

describe('inbox in PostgreSQL', () => {
  const opened = new AsyncDisposableStack();
  let postgres: Postgres<unknown>;

  before(async () => {
    postgres = opened.use(await openEventTables()).postgres;
    await sql`create table effects (consumer text)`.execute(postgres.db);
  });
  after(() => opened.disposeAsync());
  beforeEach(() => sql`truncate events_inbox, effects`.execute(postgres.db));

  const effect = (consumer: string) => async (transaction: Transaction<unknown>) => {
    await sql`insert into effects values (${consumer})`.execute(transaction);
  };
  const count = async (table: string) =>
    (await sql`select from ${sql.table(table)}`.execute(postgres.db)).rows.length;

  test('an event that comes many times, in parallel too, has one effect for each consumer', async () => {
    const inbox = createInbox(postgres);
    const event = createRecord('ann');
    const once = (consumer: string) => inbox.once(consumer, event, effect(consumer));
    const ran = await Promise.all(Array.from({ length: 8 }, () => once('names')));
    assert.equal(ran.filter((first) => first).length, 1);
    assert.equal(await once('names'), false);
    assert.equal(await once('caches'), true);
    assert.equal(await count('effects'), 2);
  });

  test('a handler that fails leaves nothing behind, and the event is handled the next time', async () => {
    const inbox = createInbox(postgres);
    const event = createRecord('ann');
    const failing = async (transaction: Transaction<unknown>) => {
      await effect('names')(transaction);
      throw new Error('half-way');
    };
    await assert.rejects(inbox.once('names', event, failing), /half-way/);
    assert.equal(await count('effects'), 0);
    assert.equal(await inbox.once('names', event, effect('names')), true);
    assert.equal(await count('effects'), 1);
  });

  test('marks that have had their time go as new ones come', async () => {
    const inbox = createInbox(postgres, { retentionSec: 60 });
    await sql`
      insert into events_inbox (consumer, event_id, handled_at)
      select 'names', gen_random_uuid(), now() - age * interval '1 minute' from unnest(array[0, 5, 6, 7, 8]) as age
    `.execute(postgres.db);
    for (let n = 0; n < 3; n++) await inbox.once('names', createRecord('ann'), async () => undefined);
    assert.equal(await count('events_inbox'), 4);
  });
});
