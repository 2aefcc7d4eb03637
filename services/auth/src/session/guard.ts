import {
  type AuthenticationProvider,
  type AuthorizationProvider,
  createContextKey,
  demanding,
  type Guard,
} from '@tsmicro/network';
import type { OpenSession, TokenClaims } from './model.ts';
import type { SessionService } from './service.ts';

/** The session that the request belongs to, and its user; set by the guard that authenticates. */
export const currentSession = createContextKey<OpenSession>('currentSession');

/** The access token, perhaps expired, that a refresh is asked with; set by {@link createRefreshGuard}. */
export const refreshedToken = createContextKey<TokenClaims>('refreshedToken');

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
      await sessions.authorize(context.get(currentSession).user.id, roles);
    };
}

/** Lets pass who brings the access token, expired or not, of a session in force. */
export function createRefreshGuard(sessions: SessionService): Guard {
  return demanding(async (request) => {
    request.context.set(refreshedToken, await sessions.readRefreshedToken(request.headers.authorization));
  });
}
