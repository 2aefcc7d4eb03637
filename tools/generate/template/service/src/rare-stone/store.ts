import { type Postgres, sql } from '@tsmicro/postgres';
import type { NewRareStone, Page, RareStone } from './model.ts';

interface Row extends Omit<RareStone, 'createdAt'> {
  created_at: Date;
}

function toRareStone({ created_at: createdAt, ...rest }: Row): RareStone {
  return { ...rest, createdAt };
}

/** The table `rare_stones`. */
export class RareStoneStore {
  readonly #postgres: Postgres<unknown>;

  constructor(postgres: Postgres<unknown>) {
    this.#postgres = postgres;
  }

  async insert({ name }: NewRareStone): Promise<RareStone> {
    const { rows } = await sql<Row>`
      insert into rare_stones (name) values (${name}) returning id, name, created_at
    `.execute(this.#postgres.db);
    const [row] = rows;
    if (row === undefined) throw new Error('an insert returned no row');
    return toRareStone(row);
  }

  async find(id: string): Promise<RareStone | undefined> {
    const { rows } = await sql<Row>`
      select id, name, created_at from rare_stones where id = ${id}
    `.execute(this.#postgres.db);
    return rows[0] && toRareStone(rows[0]);
  }

  /** The newest first. */
  async list({ page, limit }: Page): Promise<RareStone[]> {
    const { rows } = await sql<Row>`
      select id, name, created_at from rare_stones
      order by created_at desc, id desc limit ${limit} offset ${(page - 1) * limit}
    `.execute(this.#postgres.db);
    return rows.map(toRareStone);
  }

  /** Whether there was one. */
  async delete(id: string): Promise<boolean> {
    const { rows } = await sql`
      delete from rare_stones where id = ${id} returning id
    `.execute(this.#postgres.db);
    return rows.length > 0;
  }
}
