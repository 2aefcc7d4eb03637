import { sessionRevoked, userDeactivated, userRolesChanged, userUpdated } from '@tsmicro/contracts-auth';
import { type EventHandler, onEvent } from '@tsmicro/micro';
import type { UserService } from '../user/service.ts';
import type { SessionService } from './service.ts';

/**
 * What every instance does when it hears what an instance has told. That one has done the same before it answered, unless
 * it died between the commit and that: then another one tells of the change, and all who keep something older learn of it.
 */
export function revocationHandlers(sessions: SessionService, users: UserService): EventHandler[] {
  const forget = async ({ data: { id } }: { data: { id: string } }) => {
    await Promise.all([users.forget(id), sessions.forget({ users: [id] })]);
  };
  return [
    onEvent(userUpdated, forget),
    onEvent(userDeactivated, forget),
    onEvent(userRolesChanged, forget),
    onEvent(sessionRevoked, ({ data: { user, sessions: keys } }) =>
      sessions.forget(keys === undefined ? { users: [user] } : { sessions: keys }),
    ),
  ];
}
