import { type Postgres, sql, type Transaction } from '@tsmicro/postgres';
import { type Role, toUser, type User, type UserRow } from '../user/model.ts';
import type { ListedUser } from './model.ts';

/** A part of the list of users. */
export interface UserPage {
  page: number;
  limit: number;
  /** Patterns of LIKE, each of which name or email matches; the first is the one that most speaks for. */
  patterns: readonly string[];
}

/** What a change of roles came to. */
export interface RolesChange {
  user: User;
  /** All active roles that are held then. */
  roles: Role[];
  changed: boolean;
}

type ListedRow = UserRow & { active: boolean; created_at: Date; roles: Role[] };

/** What administrators see and change in the tables `users`, `roles` and `user_roles`. */
export class AdminStore {
  readonly #postgres: Postgres<unknown>;

  constructor(postgres: Postgres<unknown>) {
    this.#postgres = postgres;
  }

  /** Users, active or not, newest first. */
  async list({ page, limit, patterns: [first, ...others] }: UserPage): Promise<ListedUser[]> {
    // Written as in the index; of ALL it cannot make use.
    const matching =
      first === undefined
        ? sql``
        : sql`where (name || ' ' || email) ilike ${first} and (name || ' ' || email) ilike all(${others})`;
    const { rows } = await sql<ListedRow>`
      with listed as (
        select id, email, name, profile_pic_url, status is true as active, created_at from users ${matching}
        order by created_at desc, id desc limit ${limit} offset ${(page - 1) * limit}
      )
      select id, email, name, profile_pic_url, active, created_at::timestamptz, coalesce((
        select json_agg(json_build_object('id', roles.id, 'code', code) order by code)
        from user_roles join roles on roles.id = role_id
        where user_id = listed.id and status
      ), '[]') as roles
      from listed order by listed.created_at desc, id desc
    `.execute(this.#postgres.db);
    return rows.map((row) => ({
      user: toUser(row),
      roles: row.roles,
      active: row.active,
      createdAt: row.created_at,
    }));
  }

  /**
   * Gives a user, active or not, these roles and no others, with what else belongs to it, all or nothing.
   * @param allow called before anything is changed; throws when it may not be
   * @returns undefined when there is no such user
   */
  async setRoles(
    id: string,
    codes: readonly string[],
    allow: (transaction: Transaction<unknown>) => Promise<void>,
    andThen: (change: RolesChange, transaction: Transaction<unknown>) => Promise<void>,
  ): Promise<RolesChange | undefined> {
    return this.#postgres.transaction(async (transaction) => {
      await allow(transaction);
      const { rows: users } = await sql<UserRow>`
        select id, email, name, profile_pic_url from users where id = ${id} for update
      `.execute(transaction);
      const [row] = users;
      if (row === undefined) return undefined;
      const { rows: changes } = await sql`
        with wanted as (
          select id from roles where code = any(${codes}) and status
        ), taken as (
          delete from user_roles where user_id = ${id} and role_id not in (select id from wanted)
          returning role_id
        ), given as (
          insert into user_roles (user_id, role_id) select ${id}, id from wanted
          on conflict do nothing
          returning role_id
        )
        select from taken union all select from given
      `.execute(transaction);
      const { rows: roles } = await sql<Role>`
        select roles.id, code from user_roles join roles on roles.id = role_id
        where user_id = ${id} and status
        order by code
      `.execute(transaction);
      const change = { user: toUser(row), roles, changed: changes.length > 0 };
      await andThen(change, transaction);
      return change;
    });
  }
}
