export {
  apiKeyVerification,
  authentication,
  authorization,
  decision,
  profileUser,
  profileUsers,
} from './endpoint.ts';
export {
  ApiKeyNamed,
  ApiKeyOver,
  apiKeyCreated,
  apiKeyRevoked,
  authEvents,
  SessionRevoked,
  sessionRevoked,
  UserGone,
  UserRolesChanged,
  UserShown,
  userDeactivated,
  userRegistered,
  userRolesChanged,
  userUpdated,
} from './event.ts';
export { ApiKeyGrant, Decision, Text, User, UserIds, UserRoles, Users } from './message.ts';
export { DecisionNotice, decisionNotice } from './notice.ts';
export { RoleCode } from './role.ts';
