import { internal } from './errors.ts';
import type { AuthenticationProvider, AuthorizationProvider, Guard } from './guard.ts';
import { demanding } from './route-description.ts';
import type { Routes } from './routes.ts';

/** The guards of a service, handed to the controllers that protect routes. */
export interface GuardProviders {
  authentication?: AuthenticationProvider;
  authorization?: AuthorizationProvider;
}

/** The HTTP routes of one feature, below one path. */
export abstract class Controller {
  /** Where the routes begin: "/" or "/author". */
  readonly path: string;
  readonly #providers: GuardProviders;

  constructor(path: string, providers: GuardProviders = {}) {
    this.path = path;
    this.#providers = providers;
  }

  /** The guard that lets pass who is signed in. @throws {ApiError} 500 when the service has no such provider */
  authentication(): Guard {
    const { authentication } = this.#providers;
    if (authentication === undefined)
      throw internal(new Error(`${this.path} has no authentication provider`));
    return demanding(authentication());
  }

  /** The guard that lets pass who holds any of `roles`. @throws {ApiError} 500 when the service has no such provider */
  authorization(...roles: string[]): Guard {
    const { authorization } = this.#providers;
    if (authorization === undefined) throw internal(new Error(`${this.path} has no authorization provider`));
    return demanding(authorization(...roles), { roles });
  }

  /** Registers the routes; called once, before the server listens. */
  abstract mountRoutes(routes: Routes): void;
}
