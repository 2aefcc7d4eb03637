import { randomUUID } from 'node:crypto';
import type { EventBacklog, EventOutbox, EventRecord } from '@tsmicro/dependency';
import { sql, type Transaction } from 'kysely';
import type { Postgres } from './postgres.ts';

// Any number will do: it keeps these locks apart from other advisory locks of the database.
const LOCK_SEED = 7_226_530;

// What another instance wrote is left to its relay for so long: NATS knows a repetition, but both would have the work.
const OWNER_FIRST_MS = 1000;

// Counting is reading: beyond this a backlog is just long.
const COUNTED_MOST = 100_000;

interface Row {
  id: string;
  type: string;
  entity: string;
  time: Date;
  data: unknown;
  traceparent: string | null;
  tracestate: string | null;
}

function toRecord({ time, traceparent, tracestate, ...event }: Row): EventRecord {
  return {
    ...event,
    time: time.toISOString(),
    ...(traceparent === null ? {} : { traceparent }),
    ...(tracestate === null ? {} : { tracestate }),
  };
}

/**
 * Events in the table `events_outbox`, each written in the transaction of the change that it tells of. Any number of
 * instances may publish from it side by side: what a relay sees of an entity has no gap before it, so whichever is
 * faster, the first of each event come in their order, and the rest are repetitions.
 */
export class Outbox implements EventOutbox {
  readonly #postgres: Postgres<unknown>;
  readonly #owner = randomUUID();
  #notify: () => void = () => undefined;

  /** Use {@link createOutbox}. */
  constructor(postgres: Postgres<unknown>) {
    this.#postgres = postgres;
  }

  /** Has `notify` called after each commit that brought events. */
  onWritten(notify: () => void): void {
    this.#notify = notify;
  }

  /**
   * Writes events that are told when the transaction commits, and never when it does not. Comes last in it, in one call:
   * from here on other writers to these entities wait for its end, and whoever then still asked for rows that they hold
   * would wait for them.
   */
  async write(transaction: Transaction<unknown>, ...events: readonly EventRecord[]): Promise<void> {
    if (events.length === 0) return;
    // Sequences do not follow commits. With the lock, what has a smaller number of the same entity is committed before.
    const entities = [...new Set(events.map(({ entity }) => entity))].sort();
    await sql`
      select pg_advisory_xact_lock(hashtextextended(entity, ${LOCK_SEED})) from unnest(${entities}::text[]) as entity
    `.execute(transaction);
    await sql`
      insert into events_outbox (id, type, entity, time, data, traceparent, tracestate, owner)
      select id, type, entity, time, data, traceparent, tracestate, ${this.#owner}
      from rows from (
        json_to_recordset(${JSON.stringify(events)}::json) as (
          id uuid, type text, entity text, time timestamptz, data json, traceparent text, tracestate text
        )
      ) with ordinality as event (id, type, entity, time, data, traceparent, tracestate, place)
      order by place
    `.execute(transaction);
    this.#postgres.afterCommit(transaction, () => this.#notify());
  }

  async pending(limit: number): Promise<EventRecord[]> {
    const { rows } = await sql<Row>`
      select id, type, entity, time, data, traceparent, tracestate
      from events_outbox
      where not exists (
        select from events_outbox as theirs
        where theirs.entity = events_outbox.entity and theirs.seq <= events_outbox.seq
          and theirs.owner <> ${this.#owner}
          and theirs.written_at > clock_timestamp() - ${OWNER_FIRST_MS} * interval '1 millisecond'
      )
      order by seq
      limit ${limit}
    `.execute(this.#postgres.db);
    return rows.map(toRecord);
  }

  async sent(events: readonly EventRecord[]): Promise<void> {
    const ids = events.map(({ id }) => id);
    await sql`delete from events_outbox where id = any(${ids}::uuid[])`.execute(this.#postgres.db);
  }

  async backlog(): Promise<EventBacklog> {
    const { rows } = await sql<{ count: number; oldest: Date | null }>`
      select
        (select count(*)::int from (select from events_outbox limit ${COUNTED_MOST}) as waiting) as count,
        (select written_at from events_outbox order by seq limit 1) as oldest
    `.execute(this.#postgres.db);
    const { count = 0, oldest } = rows[0] ?? {};
    return { count, oldest: oldest?.toISOString() };
  }
}

/** The outbox of a database that has the table `events_outbox`, which a migration of the service makes. */
export function createOutbox(postgres: Postgres<unknown>): Outbox {
  return new Outbox(postgres);
}
