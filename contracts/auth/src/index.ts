export { authentication, authorization, profileUser } from './endpoint.ts';
export { Text, User, UserRoles } from './message.ts';
export { RoleCode } from './role.ts';
