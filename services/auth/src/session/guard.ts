import {
  type AuthenticationProvider,
  type AuthorizationProvider,
  clientOf,
  createContextKey,
  demanding,
  type Guard,
} from '@tsmicro/network';
import type { RefreshClaims, TokenSession } from './model.ts';
import type { SessionService } from './service.ts';

/** The session that the request belongs to, and its user; set by the guard that authenticates. */
export const currentSession = createContextKey<TokenSession>('currentSession');

/** The access token, perhaps expired or exchanged before, that a refresh is asked with; set by {@link createRefreshGuard}. */
export const refreshedToken = createContextKey<RefreshClaims>('refreshedToken');

/** Lets pass who has a session in force, and sets {@link currentSession}. */
export function createAuthenticationProvider(sessions: SessionService): AuthenticationProvider {
  return () => async (request) => {
    request.context.set(currentSession, await sessions.authenticate(request.headers.authorization));
  };
}

/** Lets pass who holds any one of the roles; runs after authentication. */
export function createAuthorizationProvider(sessions: SessionService): AuthorizationProvider {
  return (...roles) =>
    async ({ context }) => {
      const { user, roles: held } = context.get(currentSession);
      if (!held.some(({ code }) => roles.includes(code))) await sessions.authorize(user.id, roles);
    };
}

/** Lets pass who brings an access token, expired or exchanged or not, of a session in force. */
export function createRefreshGuard(sessions: SessionService): Guard {
  return demanding(async (request) => {
    const claims = await sessions.readRefreshedToken(request.headers.authorization, clientOf(request));
    request.context.set(refreshedToken, claims);
  });
}
