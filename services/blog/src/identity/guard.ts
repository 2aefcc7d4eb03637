import type { User } from '@tsmicro/contracts-auth';
import {
  type AuthenticationProvider,
  type AuthorizationProvider,
  createContextKey,
  unauthorized,
} from '@tsmicro/network';
import type { IdentityClient } from './client.ts';

/** Who sends the request; set by the guard that authenticates. */
export const currentUser = createContextKey<User>('user');

/** The guard that asks the auth service who the caller is; without a header there is nothing to ask. */
export function createAuthentication(client: IdentityClient): AuthenticationProvider {
  return () => async (request) => {
    const header = request.headers.authorization?.trim();
    if (!header) throw unauthorized('authorization header is missing');
    request.context.set(currentUser, await client.authenticate(header));
  };
}

/** The guard that asks the auth service whether the caller holds one of the roles. */
export function createAuthorization(client: IdentityClient): AuthorizationProvider {
  return (...roles) =>
    async ({ context }) => {
      await client.authorize(context.get(currentUser), roles);
    };
}
