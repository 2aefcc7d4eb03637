import { authentication, authorization } from '@tsmicro/contracts-auth';
import { Controller, type NatsGroup } from '@tsmicro/micro';
import { type GuardProviders, type Routes, reply } from '@tsmicro/network';
import { UserProfile } from '../user/dto.ts';
import { Jwks, SignInBasic, signUpBasic, TokenRefresh, Tokens, UserAuth } from './dto.ts';
import { createRefreshGuard, currentSession, refreshedToken } from './guard.ts';
import type { SessionService } from './service.ts';

/** What a session controller is set up with. */
export interface SessionControllerOptions {
  providers: GuardProviders;
  /** Shortest password that a sign-up may choose. */
  passwordMinLength: number;
  jwks: Jwks;
}

/** Signing up, in and out, refreshing, one's own profile, and the questions of other services about a token. */
export class SessionController extends Controller {
  readonly #sessions: SessionService;
  readonly #options: SessionControllerOptions;

  constructor(sessions: SessionService, options: SessionControllerOptions) {
    super('/', options.providers);
    this.#sessions = sessions;
    this.#options = options;
  }

  override mountRoutes(routes: Routes): void {
    const { passwordMinLength, jwks } = this.#options;
    routes.post(
      '/signup/basic',
      {
        summary: 'Sign up by email and password',
        body: signUpBasic(passwordMinLength),
        data: UserAuth,
        errors: { 400: 'user already registered' },
      },
      async ({ body }) => this.#sessions.signUp(body),
    );
    routes.post(
      '/signin/basic',
      {
        summary: 'Sign in by email and password',
        body: SignInBasic,
        data: UserAuth,
        errors: { 401: 'invalid credentials' },
      },
      async ({ body }) => this.#sessions.signIn(body),
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
        },
      },
      async ({ body, context }) => this.#sessions.refresh(context.get(refreshedToken), body.refreshToken),
    );
    routes.delete(
      '/signout',
      { summary: 'End the session', guards: [this.authentication()] },
      async ({ context }) => {
        await this.#sessions.signOut(context.get(currentSession).id);
        return reply('signout success');
      },
    );
    routes.get(
      '/profile/mine',
      { summary: "The caller's own profile", guards: [this.authentication()], data: UserProfile },
      async ({ context }) => this.#sessions.getProfile(context.get(currentSession).user),
    );
    routes.get(
      '/.well-known/jwks.json',
      { summary: 'The public keys that verify tokens', plain: true, data: Jwks },
      () => jwks,
    );
  }

  override mountNats(group: NatsGroup): void {
    group.addEndpoint(authentication, async ({ value }) => (await this.#sessions.authenticate(value)).user);
    group.addEndpoint(authorization, async ({ user, roles }) => this.#sessions.authorize(user.id, roles));
  }
}
