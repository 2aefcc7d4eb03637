import { authentication, authorization, decision } from '@tsmicro/contracts-auth';
import { UuidParam } from '@tsmicro/dto';
import { Controller, type NatsGroup } from '@tsmicro/micro';
import { clientOf, type GuardProviders, type HttpRequest, type Routes, reply } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { type PasswordRules, UserProfile } from '../user/dto.ts';
import { Session, SignInBasic, signUpBasic, TokenRefresh, Tokens, UserAuth } from './dto.ts';
import { createRefreshGuard, currentSession, refreshedToken } from './guard.ts';
import type { SessionService } from './service.ts';

/** What a session controller is set up with. */
export interface SessionControllerOptions {
  providers: GuardProviders;
  passwordRules: PasswordRules;
}

/** Signing up, in and out, refreshing, one's own sessions and profile, and the questions of other services about a token. */
export class SessionController extends Controller {
  readonly #sessions: SessionService;
  readonly #options: SessionControllerOptions;

  constructor(sessions: SessionService, options: SessionControllerOptions) {
    super('/', options.providers);
    this.#sessions = sessions;
    this.#options = options;
  }

  override mountRoutes(routes: Routes): void {
    const guards = [this.authentication()];
    routes.post(
      '/signup/basic',
      {
        summary: 'Sign up by email and password',
        body: signUpBasic(this.#options.passwordRules),
        data: UserAuth,
        errors: { 400: 'user already registered', 429: 'too many attempts' },
      },
      async (request) => this.#sessions.signUp(request.body, originOf(request)),
    );
    routes.post(
      '/signin/basic',
      {
        summary: 'Sign in by email and password',
        body: SignInBasic,
        data: UserAuth,
        errors: { 401: 'invalid credentials', 429: 'too many attempts' },
      },
      async (request) => this.#sessions.signIn(request.body, originOf(request)),
    );
    routes.post(
      '/token/refresh',
      {
        summary: 'Exchange both tokens of a session for new ones',
        guards: [createRefreshGuard(this.#sessions)],
        body: TokenRefresh,
        data: Tokens,
        errors: {
          401: 'the tokens are not of one session in force; of the access token the expiry alone is forgiven',
          429: 'too many attempts',
        },
      },
      async (request) =>
        this.#sessions.refresh(
          request.context.get(refreshedToken),
          request.body.refreshToken,
          clientOf(request),
        ),
    );
    routes.delete('/signout', { summary: 'End the session', guards }, async ({ context }) => {
      await this.#sessions.signOut(context.get(currentSession));
      return reply('signout success');
    });
    routes.get(
      '/sessions',
      { summary: "The caller's sessions, newest first", guards, data: Type.Array(Session) },
      async ({ context }) => this.#sessions.list(context.get(currentSession)),
    );
    routes.delete(
      '/sessions/id/:id',
      {
        summary: "End one of the caller's sessions",
        guards,
        params: UuidParam,
        errors: { 404: 'session not found' },
      },
      async ({ context, params }) => {
        await this.#sessions.endOne(context.get(currentSession), params.id);
        return undefined;
      },
    );
    routes.delete(
      '/sessions',
      { summary: "End all of the caller's sessions but this one", guards },
      async ({ context }) => {
        await this.#sessions.endOthers(context.get(currentSession));
        return undefined;
      },
    );
    routes.get(
      '/profile/mine',
      { summary: "The caller's own profile", guards, data: UserProfile },
      async ({ context }) => this.#sessions.getProfile(context.get(currentSession).user),
    );
  }

  override mountNats(group: NatsGroup): void {
    group.addEndpoint(authentication, async ({ value }) => (await this.#sessions.authenticate(value)).user);
    group.addEndpoint(authorization, async ({ user, roles }) => this.#sessions.authorize(user.id, roles));
    group.addEndpoint(decision, async ({ value }) => {
      const { user, roles, claims } = await this.#sessions.authenticate(value);
      const codes = roles.map(({ code }) => code);
      return { user, roles: codes, session: claims.key, expiresAt: claims.expiresAt };
    });
  }
}

const originOf = (request: Pick<HttpRequest, 'ip' | 'headers'>) => ({
  client: clientOf(request),
  userAgent: request.headers['user-agent'],
});
