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

/** Several ids at once. */
export const UserIds = Type.Object(
  { ids: Type.Array(Uuid, { minItems: 1, maxItems: 100 }) },
  { title: 'UserIds' },
);
export type UserIds = Type.Static<typeof UserIds>;

/** The users that were found, in no particular order. */
export const Users = Type.Object({ users: Type.Array(User) }, { title: 'Users' });
export type Users = Type.Static<typeof Users>;

/** An API key in force, and what it may be used for. */
export const ApiKeyGrant = Type.Object(
  { id: Uuid, permissions: Type.Array(Type.String()) },
  { title: 'ApiKeyGrant' },
);
export type ApiKeyGrant = Type.Static<typeof ApiKeyGrant>;

/** Whose access token it is, and all that has to be known to decide by it. */
export const Decision = Type.Object(
  {
    user: User,
    /** The codes of all active roles that the user holds. */
    roles: Type.Array(Type.String()),
    /** The id of the access token (`jti`), by which a notice or an event names it. */
    session: Type.String(),
    /** When the access token is over: its `exp`, in seconds. */
    expiresAt: Type.Integer(),
  },
  { title: 'Decision' },
);
export type Decision = Type.Static<typeof Decision>;
