import { type Postgres, sql } from '@tsmicro/postgres';
import type { StoredKey } from './key.ts';

/** The table `api_keys`; its column `key` holds the SHA-256 of a key. */
export class ApiKeyStore {
  readonly #postgres: Postgres<unknown>;

  constructor(postgres: Postgres<unknown>) {
    this.#postgres = postgres;
  }

  /** Whether a key with this hash is active and has not expired. */
  async isInForce(hash: string): Promise<boolean> {
    const { rows } = await sql`
      select from api_keys
      where key = ${hash} and status and (expires_at is null or expires_at > now())
    `.execute(this.#postgres.db);
    return rows.length > 0;
  }

  /** Adds a key; one that is known, revoked or not, stays as it is. */
  async add(key: StoredKey, permissions: readonly string[], comments: readonly string[]): Promise<void> {
    await sql`
      insert into api_keys (key, prefix, permissions, comments, version)
      values (${key.hash}, ${key.prefix}, ${permissions}, ${comments}, 1)
      on conflict (key) do nothing
    `.execute(this.#postgres.db);
  }
}
