/** A user, as the rest of the service knows one. */
export interface User {
  id: string;
  email: string;
  name: string;
  profilePicUrl?: string;
}

/** A role that a user holds. */
export interface Role {
  id: string;
  code: string;
}

/** A user with what a sign-in is checked against. */
export interface Account {
  user: User;
  /** The stored hash; gomicro allowed accounts without one, which nobody can sign in to. */
  passwordHash: string | undefined;
  active: boolean;
}

/** What a sign-up brings, its password hashed. */
export interface NewUser {
  email: string;
  passwordHash: string;
  name: string;
  profilePicUrl: string | undefined;
}

/** The columns of `users` that make a {@link User}. */
export interface UserRow {
  id: string;
  email: string;
  name: string;
  profile_pic_url: string | null;
}

/** The user in a row. */
export function toUser(row: UserRow): User {
  const { id, email, name, profile_pic_url: profilePicUrl } = row;
  return { id, email, name, ...(profilePicUrl === null ? {} : { profilePicUrl }) };
}
