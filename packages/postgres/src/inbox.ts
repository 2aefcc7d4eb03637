import type { EventInbox, EventRecord } from '@tsmicro/dependency';
import { sql, type Transaction } from 'kysely';
import type { Postgres } from './postgres.ts';

const DAY_SEC = 24 * 60 * 60;

/** How long an inbox remembers. */
export interface InboxOptions {
  /** Longer than the stream keeps its events. @default 30 days */
  retentionSec?: number;
}

/**
 * Handled events in the table `events_inbox`. The mark is written in the transaction of what the handler writes: that
 * has its effect exactly once, however often the event comes, in parallel too. What a handler does elsewhere may happen
 * again when the transaction fails after it.
 */
export class Inbox implements EventInbox<Transaction<unknown>> {
  readonly #postgres: Postgres<unknown>;
  readonly #retentionSec: number;

  /** Use {@link createInbox}. */
  constructor(postgres: Postgres<unknown>, { retentionSec = 30 * DAY_SEC }: InboxOptions) {
    this.#postgres = postgres;
    this.#retentionSec = retentionSec;
  }

  once(
    consumer: string,
    event: EventRecord,
    handle: (transaction: Transaction<unknown>) => Promise<void>,
  ): Promise<boolean> {
    return this.#postgres.transaction(async (transaction) => {
      if (!(await this.#mark(consumer, event, transaction))) return false;
      await handle(transaction);
      return true;
    });
  }

  /** Each mark sweeps two that have had their time, so that the table stays within bounds by itself. */
  async #mark(consumer: string, { id }: EventRecord, transaction: Transaction<unknown>): Promise<boolean> {
    const { rows } = await sql`
      with old as (
        select consumer, event_id from events_inbox
        where handled_at < now() - ${this.#retentionSec} * interval '1 second'
        order by handled_at limit 2 for update skip locked
      ), swept as (
        delete from events_inbox using old
        where events_inbox.consumer = old.consumer and events_inbox.event_id = old.event_id
      )
      insert into events_inbox (consumer, event_id) values (${consumer}, ${id})
      on conflict do nothing
      returning event_id
    `.execute(transaction);
    return rows.length > 0;
  }
}

/** The inbox of a database that has the table `events_inbox`, which a migration of the service makes. */
export function createInbox(postgres: Postgres<unknown>, options: InboxOptions = {}): Inbox {
  return new Inbox(postgres, options);
}
