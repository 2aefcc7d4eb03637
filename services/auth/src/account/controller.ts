import { Controller } from '@tsmicro/micro';
import { clientOf, type GuardProviders, type Routes } from '@tsmicro/network';
import { currentSession } from '../session/guard.ts';
import { type PasswordRules, UserProfile } from '../user/dto.ts';
import { ProfileChange, passwordChange } from './dto.ts';
import type { AccountService } from './service.ts';

/** What an account controller is set up with. */
export interface AccountControllerOptions {
  providers: GuardProviders;
  passwordRules: PasswordRules;
}

/** Changes to the own account. */
export class AccountController extends Controller {
  readonly #accounts: AccountService;
  readonly #passwordRules: PasswordRules;

  constructor(accounts: AccountService, { providers, passwordRules }: AccountControllerOptions) {
    super('/profile', providers);
    this.#accounts = accounts;
    this.#passwordRules = passwordRules;
  }

  override mountRoutes(routes: Routes): void {
    const guards = [this.authentication()];
    routes.put(
      '/mine',
      {
        summary: 'Change the own name or picture; an empty picture takes it away',
        guards,
        body: ProfileChange,
        data: UserProfile,
      },
      async ({ body, context }) => this.#accounts.updateProfile(context.get(currentSession).user, body),
    );
    routes.put(
      '/password',
      {
        summary: 'Change the password, which ends every other session',
        guards,
        body: passwordChange(this.#passwordRules),
        errors: {
          400: 'the password was changed a moment ago',
          401: 'invalid credentials',
          429: 'too many attempts',
        },
      },
      async (request) => {
        const session = request.context.get(currentSession);
        await this.#accounts.changePassword(session, request.body, clientOf(request));
        return undefined;
      },
    );
    routes.delete(
      '/mine',
      {
        summary: 'Deactivate the own account, which ends its sessions',
        guards,
        errors: { 400: 'the last admin stays active' },
      },
      async ({ context }) => {
        await this.#accounts.deactivate(context.get(currentSession).user);
        return undefined;
      },
    );
  }
}
