import type { Role, User } from '../user/model.ts';

/** A user, active or not, with what administrators look at. */
export interface ListedUser {
  user: User;
  roles: Role[];
  active: boolean;
  createdAt: Date;
}
