import { Uuid } from '@tsmicro/dto';
import { Type } from '@tsmicro/schema';

/** One text: a token, an id. */
export const Text = Type.Object(
  { value: Type.String({ notBlank: true, maxLength: 16_384 }) },
  { title: 'Text' },
);
export type Text = Type.Static<typeof Text>;

/** A user as other services know one. */
export const User = Type.Object(
  {
    id: Uuid,
    name: Type.String(),
    email: Type.String(),
    profilePicUrl: Type.Optional(Type.String()),
  },
  { title: 'User' },
);
export type User = Type.Static<typeof User>;

/** Asks whether a user holds any one of the roles. */
export const UserRoles = Type.Object(
  {
    user: User,
    roles: Type.Array(Type.String(), { maxItems: 64, default: [] }),
  },
  { title: 'UserRoles' },
);
export type UserRoles = Type.Static<typeof UserRoles>;
