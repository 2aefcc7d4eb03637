import { text, Uuid } from '@tsmicro/dto';
import { Type } from '@tsmicro/schema';
import type { Role, User } from './model.ts';

/**
 * A password. The shortest that may be chosen is a matter of configuration, which asks for no less than the default: older
 * accounts still sign in after it was raised.
 */
export const password = (minLength = 6) => text(minLength, 100);

/** A user as the owner of the account sees it. */
export const UserProfile = Type.Object(
  {
    id: Uuid,
    email: Type.String(),
    name: Type.String(),
    profilePicUrl: Type.Optional(Type.String()),
    roles: Type.Array(Type.Object({ id: Uuid, code: Type.String() })),
  },
  { title: 'UserProfile' },
);
export type UserProfile = Type.Static<typeof UserProfile>;

/** A user as everybody sees it. */
export const PublicUser = Type.Object(
  {
    id: Uuid,
    name: Type.String(),
    profilePicUrl: Type.Optional(Type.String()),
  },
  { title: 'PublicUser' },
);
export type PublicUser = Type.Static<typeof PublicUser>;

/** The profile of a user with these roles. */
export function toUserProfile(user: User, roles: Role[]): UserProfile {
  return { ...user, roles };
}

/** What of a user is public. */
export function toPublicUser({ id, name, profilePicUrl }: User): PublicUser {
  return { id, name, ...(profilePicUrl === undefined ? {} : { profilePicUrl }) };
}
