import { type Kysely, type Postgres, sql } from '@tsmicro/postgres';
import { toUser, type UserRow } from '../user/model.ts';
import type { NewSession, OpenSession, SessionKeys } from './model.ts';

/** The table `keystore`: one row for each session. */
export class SessionStore {
  readonly #postgres: Postgres<unknown>;

  constructor(postgres: Postgres<unknown>) {
    this.#postgres = postgres;
  }

  /**
   * Opens a session, when the user is active, and sweeps the user's sessions that are over.
   * @param db a transaction that the session shall belong to
   */
  async open(session: NewSession, db: Kysely<unknown> = this.#postgres.db): Promise<boolean> {
    const { userId, primaryKey, secondaryKey, expiresAt } = session;
    const { rows } = await sql`
      with swept as (
        delete from keystore where user_id = ${userId} and expires_at < now()
      )
      insert into keystore (user_id, p_key, s_key, expires_at)
      select id, ${primaryKey}, ${secondaryKey}, ${expiresAt} from users where id = ${userId} and status
      returning id
    `.execute(db);
    return rows.length > 0;
  }

  /** The session in force that has this primary key, with its active user. */
  async find(userId: string, primaryKey: string): Promise<OpenSession | undefined> {
    const { rows } = await sql<UserRow & { session_id: string }>`
      select keystore.id as session_id, users.id, email, name, profile_pic_url
      from keystore join users on users.id = user_id
      where p_key = ${primaryKey} and user_id = ${userId} and keystore.status and users.status
    `.execute(this.#postgres.db);
    const [row] = rows;
    return row && { id: row.session_id, user: toUser(row) };
  }

  /**
   * Gives a session new keys if it still has the old ones. The row stays the same: of concurrent renewals one finds
   * the old keys, and a sign-out by the row's id ends the session whatever its keys are by then.
   */
  async renew(session: NewSession, old: SessionKeys): Promise<boolean> {
    const { userId, primaryKey, secondaryKey, expiresAt } = session;
    const { rows } = await sql`
      update keystore
      set p_key = ${primaryKey}, s_key = ${secondaryKey}, expires_at = ${expiresAt}, updated_at = now()
      from users
      where p_key = ${old.primaryKey} and s_key = ${old.secondaryKey} and user_id = ${userId}
        and users.id = user_id and keystore.status and users.status
      returning keystore.id
    `.execute(this.#postgres.db);
    return rows.length > 0;
  }

  /** Ends a session; one that is over already is no fault. */
  async end(id: string): Promise<void> {
    await sql`delete from keystore where id = ${id}`.execute(this.#postgres.db);
  }
}
