import { type Postgres, sql } from '@tsmicro/postgres';

/** An event as a change wrote it. */
export interface Told {
  type: string;
  data: Record<string, unknown>;
}

/** Keeps a copy of every event that is written from now on: those in the outbox go when they are published. */
export async function keepEvents({ db }: Postgres<unknown>): Promise<void> {
  await sql`create table told (seq bigint, entity text, type text, data json)`.execute(db);
  await sql`
    create function keep_event() returns trigger language plpgsql as $$
    begin
      insert into told values (new.seq, new.entity, new.type, new.data);
      return null;
    end
    $$
  `.execute(db);
  await sql`
    create trigger keep_event after insert on events_outbox for each row execute function keep_event()
  `.execute(db);
}

/** The events about one entity since {@link keepEvents}, in their order. */
export async function eventsOf({ db }: Postgres<unknown>, entity: string): Promise<Told[]> {
  const { rows } = await sql<Told>`
    select type, data from told where entity = ${entity} order by seq
  `.execute(db);
  return rows;
}
