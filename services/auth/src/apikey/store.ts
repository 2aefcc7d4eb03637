import { type Postgres, sql, type Transaction } from '@tsmicro/postgres';
import type { GivenKey } from './grant.ts';
import type { StoredKey } from './key.ts';
import {
  type ApiKey,
  type ApiKeyGrant,
  type ApiKeyRow,
  type EndedKey,
  type NewApiKey,
  toApiKey,
} from './model.ts';

/** What happens to a key, and which texts of it are over by that. */
export interface KeyChange {
  apiKey: ApiKey;
  ended: EndedKey[];
}

/** What else belongs to a change of a key, in the same transaction. */
export type WithKey = (change: KeyChange, transaction: Transaction<unknown>) => Promise<void>;

/** A key is noted as used when the last note is so old: of several instances one notes it. */
const useApartSec = 55;

const inForce = sql`status and (expires_at is null or expires_at > now())`;
const columns = sql`
  id, prefix, permissions, comments, version, ${inForce} as active, expires_at, last_used_at,
  created_at::timestamptz as created_at
`;

/** The tables `api_keys` and `retired_api_keys`; their columns `key` hold the SHA-256 of a key. */
export class ApiKeyStore {
  readonly #postgres: Postgres<unknown>;

  constructor(postgres: Postgres<unknown>) {
    this.#postgres = postgres;
  }

  /** What the key with this hash is good for, when it is in force: not revoked or expired, and not replaced for too long. */
  async findGrant(hash: string): Promise<ApiKeyGrant | undefined> {
    const { rows } = await sql<{ id: string; permissions: string[]; left_sec: number | null }>`
      with shown as (
        select id, permissions, status, expires_at from api_keys where key = ${hash}
        union all
        select id, permissions, status, least(api_keys.expires_at, retired.expires_at)
        from retired_api_keys as retired join api_keys on id = api_key_id
        where retired.key = ${hash}
      )
      select id, permissions, floor(extract(epoch from expires_at - now()))::float8 as left_sec
      from shown where ${inForce}
    `.execute(this.#postgres.db);
    const [row] = rows;
    if (row === undefined) return undefined;
    const { id, permissions, left_sec: expiresInSec } = row;
    return { id, permissions, ...(expiresInSec === null ? {} : { expiresInSec }) };
  }

  /** All keys, also those that are over, newest first. */
  async list({ page, limit }: { page: number; limit: number }): Promise<ApiKey[]> {
    const { rows } = await sql<ApiKeyRow>`
      select ${columns} from api_keys
      order by api_keys.created_at desc, id desc limit ${limit} offset ${(page - 1) * limit}
    `.execute(this.#postgres.db);
    return rows.map(toApiKey);
  }

  /** The key with this id, whatever became of it. */
  async find(id: string): Promise<ApiKey | undefined> {
    const { rows } = await sql<ApiKeyRow>`
      select ${columns} from api_keys where id = ${id}
    `.execute(this.#postgres.db);
    return rows[0] && toApiKey(rows[0]);
  }

  /** Adds a key; one that is known, revoked or not, stays as it is. */
  async addIfUnknown(key: StoredKey, { permissions, comments }: NewApiKey): Promise<void> {
    await sql`
      insert into api_keys (key, prefix, permissions, comments, version)
      values (${key.hash}, ${key.prefix}, ${permissions}, ${comments}, 1)
      on conflict (key) do nothing
    `.execute(this.#postgres.db);
  }

  /** Adds a key that was given away; one that was added before stays what it has become: revoked, or replaced. */
  async addOnce({ hash, permission, comment }: GivenKey): Promise<void> {
    await sql`
      insert into api_keys (key, prefix, permissions, comments, version)
      select ${hash}, '', array[${permission}], array[${comment}], 1
      where not exists (select from api_keys where comments @> array[${comment}])
      on conflict (key) do nothing
    `.execute(this.#postgres.db);
  }

  /** Adds a key, with what else belongs to it, all or nothing. */
  async create(
    key: StoredKey,
    { permissions, comments, expiresAt }: NewApiKey,
    andThen: WithKey,
  ): Promise<ApiKey> {
    return this.#postgres.transaction(async (transaction) => {
      const { rows } = await sql<ApiKeyRow>`
        insert into api_keys (key, prefix, permissions, comments, version, expires_at)
        values (${key.hash}, ${key.prefix}, ${permissions}, ${comments}, 1, ${expiresAt ?? null})
        returning ${columns}
      `.execute(transaction);
      return this.#conclude(rows, [], andThen, transaction);
    });
  }

  /**
   * Puts another key in the place of one in force, which lives on for `graceSec`; with none, those that were replaced before
   * end with it.
   * @returns undefined when there is no such key in force
   */
  async replace(
    id: string,
    next: StoredKey,
    graceSec: number,
    andThen: WithKey,
  ): Promise<ApiKey | undefined> {
    return this.#postgres.transaction(async (transaction) => {
      const { rows: current } = await sql<StoredKey>`
        select key as hash, prefix from api_keys where id = ${id} and ${inForce} for update
      `.execute(transaction);
      const [old] = current;
      if (old === undefined) return undefined;
      const ended =
        graceSec === 0
          ? [old, ...(await this.#endRetired(id, transaction))]
          : [await this.#retire(id, old, graceSec, transaction)];
      const { rows } = await sql<ApiKeyRow>`
        update api_keys set key = ${next.hash}, prefix = ${next.prefix}, version = version + 1, updated_at = now()
        where id = ${id}
        returning ${columns}
      `.execute(transaction);
      return this.#conclude(rows, ended, andThen, transaction);
    });
  }

  /**
   * Ends a key and those that it replaced; one that is over stays as it is.
   * @returns undefined when there is no such key
   */
  async revoke(id: string, andThen: WithKey): Promise<ApiKey | undefined> {
    return this.#postgres.transaction(async (transaction) => {
      const { rows: current } = await sql<StoredKey & { status: boolean }>`
        select key as hash, prefix, status from api_keys where id = ${id} for update
      `.execute(transaction);
      const [old] = current;
      if (old === undefined) return undefined;
      const { hash, prefix, status } = old;
      const ended = [...(status ? [{ hash, prefix }] : []), ...(await this.#endRetired(id, transaction))];
      const { rows } = await sql<ApiKeyRow>`
        update api_keys set status = false, updated_at = now() where id = ${id}
        returning ${columns}
      `.execute(transaction);
      return this.#conclude(rows, ended, andThen, transaction);
    });
  }

  /** Notes that these keys are used now; one that was noted a moment ago is left alone. */
  async noteUse(ids: readonly string[]): Promise<void> {
    await sql`
      update api_keys set last_used_at = now()
      where id = any(${ids}::uuid[])
        and (last_used_at is null or last_used_at < now() - ${useApartSec} * interval '1 second')
    `.execute(this.#postgres.db);
  }

  async #retire(
    id: string,
    { hash, prefix }: StoredKey,
    graceSec: number,
    transaction: Transaction<unknown>,
  ): Promise<EndedKey> {
    const { rows } = await sql<{ ends_at: Date }>`
      with swept as (
        delete from retired_api_keys where api_key_id = ${id} and expires_at < now()
      )
      insert into retired_api_keys (key, prefix, api_key_id, expires_at)
      values (${hash}, ${prefix}, ${id}, now() + ${graceSec} * interval '1 second')
      returning expires_at as ends_at
    `.execute(transaction);
    return { hash, prefix, ...(rows[0] && { endsAt: rows[0].ends_at }) };
  }

  async #endRetired(id: string, transaction: Transaction<unknown>): Promise<EndedKey[]> {
    const { rows } = await sql<EndedKey>`
      delete from retired_api_keys where api_key_id = ${id} returning key as hash, prefix
    `.execute(transaction);
    return rows;
  }

  async #conclude(
    [row]: readonly ApiKeyRow[],
    ended: EndedKey[],
    andThen: WithKey,
    transaction: Transaction<unknown>,
  ): Promise<ApiKey> {
    if (row === undefined) throw new Error('a row that was just written is not there');
    const apiKey = toApiKey(row);
    await andThen({ apiKey, ended }, transaction);
    return apiKey;
  }
}
