import type { User } from '@tsmicro/contracts-auth';
import {
  type AuthenticationProvider,
  type AuthorizationProvider,
  createContextKey,
  unauthorized,
} from '@tsmicro/network';
import { currentCaller } from './caller.ts';
import type { IdentityService } from './service.ts';

export { currentCaller };

/** Who sends the request; set by the guard that authenticates. */
export const currentUser = createContextKey<User>('user');

/** The guard that learns from the auth service who the caller is; without a header there is nothing to ask. */
export function createAuthentication(identity: IdentityService): AuthenticationProvider {
  return () => async (request) => {
    const header = request.headers.authorization?.trim();
    if (!header) throw unauthorized('authorization header is missing');
    const caller = await identity.identify(header);
    request.context.set(currentCaller, caller);
    request.context.set(currentUser, caller.user);
  };
}

/** The guard that learns from the auth service whether the caller holds one of the roles. */
export function createAuthorization(identity: IdentityService): AuthorizationProvider {
  return (...roles) =>
    async ({ context }) => {
      await identity.authorize(context.get(currentCaller), roles);
    };
}
