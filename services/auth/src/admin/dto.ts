import { RoleCode } from '@tsmicro/contracts-auth';
import { Pagination } from '@tsmicro/dto';
import { Type } from '@tsmicro/schema';
import { toUserProfile, UserProfile } from '../user/dto.ts';
import type { ListedUser } from './model.ts';

/** The query of the list of users: words that name or email contain, each of them in any letter case. */
export const UserQuery = Type.Object({
  ...Pagination.properties,
  search: Type.Optional(Type.String({ maxLength: 200 })),
});
export type UserQuery = Type.Static<typeof UserQuery>;

/** A user as administrators see one. */
export const AdminUser = Type.Object(
  {
    ...UserProfile.properties,
    active: Type.Boolean(),
    createdAt: Type.String(),
  },
  { title: 'AdminUser' },
);
export type AdminUser = Type.Static<typeof AdminUser>;

/** All roles that a user is to hold. */
export const RoleChange = Type.Object(
  { roles: Type.Array(Type.Enum(Object.values(RoleCode)), { maxItems: 64 }) },
  { title: 'RoleChange' },
);
export type RoleChange = Type.Static<typeof RoleChange>;

/** Whether a user may sign in. */
export const StatusChange = Type.Object({ active: Type.Boolean() }, { title: 'StatusChange' });
export type StatusChange = Type.Static<typeof StatusChange>;

/** The list item of a user. */
export function toAdminUser({ user, roles, active, createdAt }: ListedUser): AdminUser {
  return { ...toUserProfile(user, roles), active, createdAt: createdAt.toISOString() };
}
