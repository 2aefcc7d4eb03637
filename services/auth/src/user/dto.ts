import { text, Uuid } from '@tsmicro/dto';
import { Type } from '@tsmicro/schema';
import type { Role, User } from './model.ts';

const maxPasswordLength = 100;

/** A password that was chosen some time: older accounts still sign in after more is asked of new passwords. */
export const Password = text(6, maxPasswordLength);

/** What is asked of a password that somebody chooses. */
export interface PasswordRules {
  minLength: number;
  /** A format that it must have besides, when there is one. */
  format?: string | undefined;
}

/** A password that is chosen now; what is asked of it, no less than of the other, is a matter of configuration. */
export const newPassword = ({ minLength, format }: PasswordRules) =>
  Type.String({
    ...text(minLength, maxPasswordLength),
    ...(format === undefined ? {} : { format }),
  });

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
