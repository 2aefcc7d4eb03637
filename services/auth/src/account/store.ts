import { type Postgres, sql, type Transaction } from '@tsmicro/postgres';
import { toUser, type User, type UserRow } from '../user/model.ts';

/** New values of a profile; what is undefined stays, an empty picture is none. */
export interface ProfileValues {
  name?: string | undefined;
  profilePicUrl?: string | undefined;
}

/** What the owners of accounts change in the table `users`. */
export class AccountStore {
  readonly #postgres: Postgres<unknown>;

  constructor(postgres: Postgres<unknown>) {
    this.#postgres = postgres;
  }

  /**
   * Changes an active user, with what else belongs to it, all or nothing; where nothing changes, nothing is written.
   * @returns the user as it is then; undefined when there is no active one
   */
  async updateProfile(
    id: string,
    values: ProfileValues,
    andThen: (user: User, transaction: Transaction<unknown>) => Promise<void>,
  ): Promise<User | undefined> {
    return this.#postgres.transaction(async (transaction) => {
      const { rows } = await sql<UserRow>`
        select id, email, name, profile_pic_url from users where id = ${id} and status for update
      `.execute(transaction);
      const [row] = rows;
      if (row === undefined) return undefined;
      const name = values.name ?? row.name;
      const picture = values.profilePicUrl === undefined ? row.profile_pic_url : values.profilePicUrl || null;
      if (name === row.name && picture === row.profile_pic_url) return toUser(row);
      await sql`
        update users set name = ${name}, profile_pic_url = ${picture}, updated_at = now() where id = ${id}
      `.execute(transaction);
      const user = toUser({ ...row, name, profile_pic_url: picture });
      await andThen(user, transaction);
      return user;
    });
  }

  /** The stored password hash of an active user. */
  async findPassword(id: string): Promise<string | undefined> {
    const { rows } = await sql<{ password: string | null }>`
      select password from users where id = ${id} and status
    `.execute(this.#postgres.db);
    return rows[0]?.password ?? undefined;
  }

  /**
   * Replaces the password hash of an active user, with what else belongs to it, all or nothing.
   * @returns false, and nothing is changed, when the hash is no longer the one that was read
   */
  async replacePassword(
    id: string,
    { from, to }: { from: string; to: string },
    andThen: (transaction: Transaction<unknown>) => Promise<void>,
  ): Promise<boolean> {
    return this.#postgres.transaction(async (transaction) => {
      const { rows } = await sql`
        update users set password = ${to}, updated_at = now()
        where id = ${id} and status and password = ${from}
        returning id
      `.execute(transaction);
      if (rows.length === 0) return false;
      await andThen(transaction);
      return true;
    });
  }
}
