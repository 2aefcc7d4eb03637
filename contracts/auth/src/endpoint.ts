import { defineEndpoint } from '@tsmicro/micro';
import { Text, User, UserRoles } from './message.ts';

const service = 'auth';

/** Who sent this `authorization` header? 401 when nobody known did. */
export const authentication = defineEndpoint({
  service,
  name: 'authentication',
  request: Text,
  reply: User,
  summary: 'The user behind a whole authorization header',
  errors: { 401: 'the access token is missing, malformed, expired or revoked' },
});

/** Does the user hold any one of these roles, by what is stored? 403 when not, or when no role is asked for. */
export const authorization = defineEndpoint({
  service,
  name: 'authorization',
  request: UserRoles,
  reply: User,
  summary: 'The user, when any one of the roles is held',
  errors: { 403: 'permission denied: role is missing' },
});

/** The user with this id; 404. */
export const profileUser = defineEndpoint({
  service,
  path: '/profile',
  name: 'user',
  request: Text,
  reply: User,
  summary: 'The user with this id',
  errors: { 404: 'user not found' },
});
