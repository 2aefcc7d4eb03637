import { type Kysely, type Postgres, sql } from '@tsmicro/postgres';
import { type Role, toUser, type UserRow } from '../user/model.ts';
import type { NewSession, OpenSession, SessionKeys, SessionRow, Subject } from './model.ts';

/** A family's used keys that one refresh sweeps: more than it adds. */
const maxSwept = 100;
/** More sessions than anybody looks through. */
const maxListed = 1_000;

type SubjectRow = UserRow & { roles: Role[] };

const toSubject = (row: SubjectRow): Subject => ({ user: toUser(row), roles: row.roles });

/** A user's active roles, as JSON. */
const heldRoles = sql`
  coalesce((
    select json_agg(json_build_object('id', roles.id, 'code', code) order by code)
    from user_roles join roles on roles.id = role_id
    where user_id = users.id and roles.status
  ), '[]')
`;

/** The tables `keystore`, with one row for each session, and `used_keys`. */
export class SessionStore {
  readonly #postgres: Postgres<unknown>;

  constructor(postgres: Postgres<unknown>) {
    this.#postgres = postgres;
  }

  /**
   * Opens a session, when the user is active and has this password hash still, and sweeps the user's sessions that are over.
   * A change of the user that has not ended yet is waited for: what it ends is not to be opened beside it.
   * @param db a transaction that the session shall belong to
   */
  async open(
    session: NewSession & { userAgent: string | undefined; passwordHash?: string },
    db: Kysely<unknown> = this.#postgres.db,
  ): Promise<boolean> {
    const { userId, primaryKey, secondaryKey, expiresAt, userAgent = null, passwordHash = null } = session;
    const { rows } = await sql`
      with swept as (
        delete from keystore where user_id = ${userId} and expires_at < now()
      )
      insert into keystore (user_id, p_key, s_key, expires_at, user_agent)
      select id, ${primaryKey}, ${secondaryKey}, ${expiresAt}, ${userAgent} from users
      where id = ${userId} and status and password = coalesce(${passwordHash}, password)
      for share
      returning id
    `.execute(db);
    return rows.length > 0;
  }

  /** The session in force that has this primary key, with its active user and the roles held. */
  async find(userId: string, primaryKey: string): Promise<OpenSession | undefined> {
    const { rows } = await sql<SubjectRow & { session_id: string }>`
      select keystore.id as session_id, users.id, email, name, profile_pic_url, ${heldRoles} as roles
      from keystore join users on users.id = user_id
      where p_key = ${primaryKey} and user_id = ${userId} and keystore.status and users.status
    `.execute(this.#postgres.db);
    const [row] = rows;
    return row && { id: row.session_id, ...toSubject(row) };
  }

  /** The active user with this id, with the roles held. */
  async findSubject(userId: string): Promise<Subject | undefined> {
    const { rows } = await sql<SubjectRow>`
      select users.id, email, name, profile_pic_url, ${heldRoles} as roles
      from users where id = ${userId} and status
    `.execute(this.#postgres.db);
    return rows[0] && toSubject(rows[0]);
  }

  /** Whether an active user's session in force has this primary key, or had it before a refresh. */
  async findKey(userId: string, primaryKey: string): Promise<'current' | 'used' | undefined> {
    const { rows } = await sql<{ current: boolean }>`
      select p_key = ${primaryKey} as current
      from keystore join users on users.id = user_id
      where user_id = ${userId} and keystore.status and users.status and (
        p_key = ${primaryKey}
        or keystore.id in (select session_id from used_keys where p_key = ${primaryKey})
      )
    `.execute(this.#postgres.db);
    const [row] = rows;
    return row && (row.current ? 'current' : 'used');
  }

  /** The sessions in force of a user, newest first. */
  async list(userId: string): Promise<SessionRow[]> {
    const { rows } = await sql<{
      id: string;
      created_at: Date;
      last_used_at: Date | null;
      user_agent: string | null;
    }>`
      select id, created_at at time zone current_setting('timezone') as created_at, last_used_at, user_agent
      from keystore
      where user_id = ${userId} and status and (expires_at is null or expires_at > now())
      order by created_at desc, id desc
      limit ${maxListed}
    `.execute(this.#postgres.db);
    return rows.map((row) => ({
      id: row.id,
      createdAt: row.created_at,
      ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
      ...(row.user_agent === null ? {} : { userAgent: row.user_agent }),
    }));
  }

  /**
   * Gives a session new keys if it still has the old ones, and keeps these until `usedUntil`. The row stays the same: of
   * concurrent renewals one finds the old keys, and a sign-out by the row's id ends the session whatever its keys are by then.
   */
  async renew(
    session: NewSession,
    old: SessionKeys & { usedUntil: Date },
    db: Kysely<unknown>,
  ): Promise<boolean> {
    const { userId, primaryKey, secondaryKey, expiresAt } = session;
    const { rows } = await sql`
      with renewed as (
        update keystore
        set p_key = ${primaryKey}, s_key = ${secondaryKey}, expires_at = ${expiresAt}, updated_at = now()
        from users
        where p_key = ${old.primaryKey} and s_key = ${old.secondaryKey} and user_id = ${userId}
          and users.id = user_id and keystore.status and users.status
        returning keystore.id
      ), used as (
        insert into used_keys (s_key, p_key, session_id, expires_at)
        select ${old.secondaryKey}, ${old.primaryKey}, id, ${old.usedUntil} from renewed
      ), swept as (
        delete from used_keys where s_key in (
          select s_key from used_keys join renewed on session_id = renewed.id
          where expires_at < now()
          limit ${maxSwept}
        )
      )
      select id from renewed
    `.execute(db);
    return rows.length > 0;
  }

  /** Ends the session whose refresh token was used longer ago than the grace. @returns its primary key, if there is one */
  async endReused(
    userId: string,
    secondaryKey: string,
    graceSec: number,
    db: Kysely<unknown>,
  ): Promise<string[]> {
    const { rows } = await sql<KeyRow>`
      delete from keystore
      using used_keys
      where keystore.id = session_id and user_id = ${userId}
        and used_keys.s_key = ${secondaryKey} and used_at < now() - make_interval(secs => ${graceSec})
      returning keystore.p_key
    `.execute(db);
    return rows.map(toKey);
  }

  /** Ends one session of a user. @returns its primary key; none when it is over already */
  async end(userId: string, id: string, db: Kysely<unknown>): Promise<string[]> {
    const { rows } = await sql<KeyRow>`
      delete from keystore where id = ${id} and user_id = ${userId} returning p_key
    `.execute(db);
    return rows.map(toKey);
  }

  /** Ends all sessions of a user, or all but one. @returns their primary keys */
  async endAll(userId: string, except: string | undefined, db: Kysely<unknown>): Promise<string[]> {
    const { rows } = await sql<KeyRow>`
      delete from keystore
      where user_id = ${userId} and id is distinct from ${except ?? null}::uuid
      returning p_key
    `.execute(db);
    return rows.map(toKey);
  }

  /** Notes that these sessions are used now, unless that was noted within the last minute. */
  async noteUse(ids: readonly string[]): Promise<void> {
    await sql`
      update keystore set last_used_at = now()
      where id = any(${ids}::uuid[]) and (last_used_at is null or last_used_at < now() - interval '1 minute')
    `.execute(this.#postgres.db);
  }
}

interface KeyRow {
  p_key: string;
}

const toKey = ({ p_key: primaryKey }: KeyRow) => primaryKey;
