import { isUniqueViolation, type Kysely, type Postgres, sql, type Transaction } from '@tsmicro/postgres';
import { type Account, type NewUser, type Role, toUser, type User, type UserRow } from './model.ts';

/** What else has to happen for a user in the same transaction, or nothing happens. */
export type WithUser = (user: User, transaction: Transaction<unknown>) => Promise<void>;

/** The tables `users`, `roles` and `user_roles`. */
export class UserStore {
  readonly #postgres: Postgres<unknown>;

  constructor(postgres: Postgres<unknown>) {
    this.#postgres = postgres;
  }

  /** The active user with this id. */
  async find(id: string): Promise<User | undefined> {
    const { rows } = await sql<UserRow>`
      select id, email, name, profile_pic_url from users where id = ${id} and status
    `.execute(this.#postgres.db);
    return rows[0] && toUser(rows[0]);
  }

  /** The users with these ids, active or not, in any order. */
  async findKnown(ids: readonly string[]): Promise<User[]> {
    const { rows } = await sql<UserRow>`
      select id, email, name, profile_pic_url from users where id = any(${ids}::uuid[])
    `.execute(this.#postgres.db);
    return rows.map(toUser);
  }

  /** The active user with this id, when any one of these active roles is held. */
  async findHolding(
    id: string,
    roles: readonly string[],
    db: Kysely<unknown> = this.#postgres.db,
  ): Promise<User | undefined> {
    const { rows } = await sql<UserRow>`
      select id, email, name, profile_pic_url from users
      where id = ${id} and status and exists (
        select from user_roles join roles on roles.id = role_id
        where user_id = users.id and roles.status and roles.code = any(${roles})
      )
    `.execute(db);
    return rows[0] && toUser(rows[0]);
  }

  /** The account with this email in any letter case, active or not. */
  async findAccount(email: string): Promise<Account | undefined> {
    const { rows } = await sql<UserRow & { password: string | null; active: boolean }>`
      select id, email, name, profile_pic_url, password, status is true as active
      from users where lower(email) = lower(${email})
    `.execute(this.#postgres.db);
    const [row] = rows;
    return row && { user: toUser(row), passwordHash: row.password ?? undefined, active: row.active };
  }

  /** The active roles of a user. */
  async findRoles(userId: string): Promise<Role[]> {
    const { rows } = await sql<Role>`
      select roles.id, code from user_roles join roles on roles.id = role_id
      where user_id = ${userId} and status
      order by code
    `.execute(this.#postgres.db);
    return rows;
  }

  /**
   * Creates a user with one role and does what else belongs to it, all or nothing; undefined when the email is taken,
   * also by somebody who was faster by a moment.
   */
  async create(
    { email, passwordHash, name, profilePicUrl }: NewUser,
    role: string,
    andThen: WithUser,
  ): Promise<{ user: User; roles: Role[] } | undefined> {
    try {
      return await this.#postgres.transaction(async (transaction) => {
        const { rows } = await sql<UserRow & { role_id: string; code: string }>`
          with created as (
            insert into users (email, password, name, profile_pic_url)
            values (lower(${email}), ${passwordHash}, ${name}, ${profilePicUrl ?? null})
            returning id, email, name, profile_pic_url
          ), granted as (
            insert into user_roles (user_id, role_id)
            select created.id, roles.id from created join roles on code = ${role} and status
            returning role_id
          )
          select created.*, role_id, code
          from created cross join granted join roles on roles.id = role_id
        `.execute(transaction);
        const [row] = rows;
        if (row === undefined) throw new Error(`there is no active role ${role} to give to a new user`);
        const user = toUser(row);
        await andThen(user, transaction);
        return { user, roles: [{ id: row.role_id, code: row.code }] };
      });
    } catch (error) {
      if (isUniqueViolation(error)) return undefined;
      throw error;
    }
  }

  /**
   * Whether this is the only active user who holds the role. Whoever asks waits until all who asked before have ended their
   * transaction, so that of two who would take the last holders away the second one sees what the first one did.
   */
  async isLastHolder(role: string, id: string, transaction: Transaction<unknown>): Promise<boolean> {
    // No key is touched: sign-ups, which refer to a role, go on.
    await sql`select from roles where code = ${role} for no key update`.execute(transaction);
    const { rows } = await sql<{ id: string }>`
      select users.id from roles join user_roles on role_id = roles.id join users on users.id = user_id
      where code = ${role} and roles.status and users.status
      limit 2
    `.execute(transaction);
    return rows.length === 1 && rows[0]?.id === id.toLowerCase();
  }

  /**
   * Lets a user sign in or not, with what else belongs to it, all or nothing.
   * @param allow called before anything is looked at; throws when it may not be
   * @param andThen called where something changes
   * @returns undefined when there is no such user
   */
  async setActive(
    id: string,
    active: boolean,
    allow: (transaction: Transaction<unknown>) => Promise<void>,
    andThen: WithUser,
  ): Promise<User | undefined> {
    return this.#postgres.transaction(async (transaction) => {
      await allow(transaction);
      const { rows } = await sql<UserRow & { active: boolean }>`
        select id, email, name, profile_pic_url, status is true as active from users where id = ${id} for update
      `.execute(transaction);
      const [row] = rows;
      if (row === undefined) return undefined;
      const user = toUser(row);
      if (row.active !== active) {
        await sql`update users set status = ${active}, updated_at = now() where id = ${id}`.execute(
          transaction,
        );
        await andThen(user, transaction);
      }
      return user;
    });
  }

  /** Adds an account with every role; one that is there, whatever became of it, stays as it is. */
  async addWithAllRoles({ email, passwordHash, name }: NewUser): Promise<void> {
    await sql`
      with created as (
        insert into users (email, password, name) values (${email}, ${passwordHash}, ${name})
        on conflict do nothing
        returning id
      )
      insert into user_roles (user_id, role_id)
      select created.id, roles.id from created cross join roles
    `.execute(this.#postgres.db);
  }

  /** Replaces the password hash of an active user; false when it is no longer the one that was read. */
  async replacePassword(id: string, from: string, to: string): Promise<boolean> {
    const { rows } = await sql`
      update users set password = ${to}, updated_at = now()
      where id = ${id} and status and password = ${from}
      returning id
    `.execute(this.#postgres.db);
    return rows.length > 0;
  }
}
