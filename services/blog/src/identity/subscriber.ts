import { sessionRevoked, userDeactivated, userRolesChanged, userUpdated } from '@tsmicro/contracts-auth';
import { type EventHandler, onEvent } from '@tsmicro/micro';
import type { IdentityService } from './service.ts';

/**
 * What every instance does when it hears of a user. What may no longer be done it knows before by auth's notices; this
 * also brings a new name, and what an auth service tells that sends no notices.
 */
export function identityHandlers(identity: IdentityService): EventHandler[] {
  return [
    onEvent(userUpdated, ({ data }) => identity.forget(data.id)),
    onEvent(userDeactivated, ({ data }) => identity.forget(data.id)),
    onEvent(userRolesChanged, ({ data }) => identity.forget(data.id)),
    onEvent(sessionRevoked, ({ data }) => identity.forget(...(data.sessions ?? [data.user]))),
  ];
}
