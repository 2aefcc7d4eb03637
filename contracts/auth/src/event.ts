import { Uuid } from '@tsmicro/dto';
import { defineEvent } from '@tsmicro/micro';
import { Type } from '@tsmicro/schema';

/** What everybody may see of a user. */
export const UserShown = Type.Object(
  { id: Uuid, name: Type.String(), profilePicUrl: Type.Optional(Type.String()) },
  { title: 'UserShown' },
);
export type UserShown = Type.Static<typeof UserShown>;

/** A user by id alone. */
export const UserGone = Type.Object({ id: Uuid }, { title: 'UserGone' });
export type UserGone = Type.Static<typeof UserGone>;

/** A user and all the roles that are held now. */
export const UserRolesChanged = Type.Object(
  { id: Uuid, roles: Type.Array(Type.String()) },
  { title: 'UserRolesChanged' },
);
export type UserRolesChanged = Type.Static<typeof UserRolesChanged>;

/** Access tokens that are dead, by their ids (`jti`); all of the user's where none is named. */
export const SessionRevoked = Type.Object(
  { user: Uuid, sessions: Type.Optional(Type.Array(Type.String())) },
  { title: 'SessionRevoked' },
);
export type SessionRevoked = Type.Static<typeof SessionRevoked>;

/** An API key: the SHA-256 of its text in hexadecimal digits, and the prefix that people know it by. */
export const ApiKeyNamed = Type.Object(
  { id: Uuid, hash: Type.String(), prefix: Type.String() },
  { title: 'ApiKeyNamed' },
);
export type ApiKeyNamed = Type.Static<typeof ApiKeyNamed>;

/** An API key that is over, or will be at a moment that is known already. */
export const ApiKeyOver = Type.Object(
  { ...ApiKeyNamed.properties, endsAt: Type.Optional(Type.String({ format: 'date-time' })) },
  { title: 'ApiKeyOver' },
);
export type ApiKeyOver = Type.Static<typeof ApiKeyOver>;

/** Somebody signed up. The order is kept for each user. */
export const userRegistered = defineEvent({
  type: 'events.auth.user.registered',
  data: UserShown,
  description: 'Somebody signed up',
});

/** A user has another name or picture, or may sign in again. */
export const userUpdated = defineEvent({
  type: 'events.auth.user.updated',
  data: UserShown,
  description: 'A user has another name or picture, or may sign in again',
});

/** A user may no longer sign in; all sessions are over. */
export const userDeactivated = defineEvent({
  type: 'events.auth.user.deactivated',
  data: UserGone,
  description: 'A user may no longer sign in; all sessions are over',
});

/** A user holds other roles. */
export const userRolesChanged = defineEvent({
  type: 'events.auth.user.roles-changed',
  data: UserRolesChanged,
  description: 'A user holds other roles',
});

/** Sessions are over, or go on with other tokens. The order is kept for each user. */
export const sessionRevoked = defineEvent({
  type: 'events.auth.session.revoked',
  data: SessionRevoked,
  description: 'Access tokens of a user are dead: the sessions are over, or go on with other tokens',
});

/** An API key is in force. The order is kept for each key. */
export const apiKeyCreated = defineEvent({
  type: 'events.auth.apikey.created',
  data: ApiKeyNamed,
  description: 'An API key is in force',
});

/** An API key is no longer in force; one that was replaced by another, with a grace, is until `endsAt`. */
export const apiKeyRevoked = defineEvent({
  type: 'events.auth.apikey.revoked',
  data: ApiKeyOver,
  description: 'An API key is no longer in force; where endsAt is given, from then on',
});

/** All that the auth service tells of. */
export const authEvents = [
  userRegistered,
  userUpdated,
  userDeactivated,
  userRolesChanged,
  sessionRevoked,
  apiKeyCreated,
  apiKeyRevoked,
] as const;
