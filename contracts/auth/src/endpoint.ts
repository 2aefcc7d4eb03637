import { defineEndpoint } from '@tsmicro/micro';
import { ApiKeyGrant, Decision, Text, User, UserIds, UserRoles, Users } from './message.ts';

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

/**
 * {@link authentication} and all that {@link authorization} would go by, in one question. The answer may be kept, as
 * `decisionNotice` allows; it never is by who does not listen to that.
 */
export const decision = defineEndpoint({
  service,
  name: 'decision',
  request: Text,
  reply: Decision,
  summary:
    'The user behind a whole authorization header, with all roles held; may be kept while notices are heard',
  errors: { 401: 'the access token is missing, malformed, expired or revoked' },
});

/** The user with this id, also one whose account was deactivated: what a user wrote stays, and needs a name. 404 for others. */
export const profileUser = defineEndpoint({
  service,
  path: '/profile',
  name: 'user',
  request: Text,
  reply: User,
  summary: 'The user with this id, whose account may have been deactivated',
  errors: { 404: 'user not found' },
});

/** The users with these ids, up to 100, as {@link profileUser} gives them; unknown ones are left out. */
export const profileUsers = defineEndpoint({
  service,
  path: '/profile',
  name: 'users',
  request: UserIds,
  reply: Users,
  summary: 'The users with these ids, whose accounts may have been deactivated; unknown ones are left out',
});

/** The API key that a caller shows; 403 when it is none in force. */
export const apiKeyVerification = defineEndpoint({
  service,
  path: '/apikey',
  name: 'verification',
  request: Text,
  reply: ApiKeyGrant,
  summary: 'The id and the permissions of an API key in force',
  errors: { 403: 'x-api-key is invalid' },
});
