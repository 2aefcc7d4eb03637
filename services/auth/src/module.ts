import { availableParallelism } from 'node:os';
import type { Controller, Module } from '@tsmicro/micro';
import { type AuthenticationProvider, type AuthorizationProvider, timeLeftMs } from '@tsmicro/network';
import type { Postgres } from '@tsmicro/postgres';
import type { Redis } from '@tsmicro/redis';
import { HealthController, type Readiness } from '@tsmicro/service';
import { ApiKeyController } from './apikey/controller.ts';
import { ApiKeyService } from './apikey/service.ts';
import { ApiKeyStore } from './apikey/store.ts';
import type { Config } from './config.ts';
import { SessionController } from './session/controller.ts';
import { createAuthenticationProvider, createAuthorizationProvider } from './session/guard.ts';
import { type KeyPair, readKeyPair } from './session/key-pair.ts';
import { SessionService } from './session/service.ts';
import { SessionStore } from './session/store.ts';
import { TokenIssuer } from './session/token.ts';
import { Bulkhead } from './user/bulkhead.ts';
import { createProfileCache } from './user/cache.ts';
import { UserController } from './user/controller.ts';
import { PasswordHasher } from './user/password.ts';
import { UserService } from './user/service.ts';
import { UserStore } from './user/store.ts';

/** Reads the keys of tokens, before anything is opened. @throws {ConfigError} naming what is wrong with which file */
export const readKeys = (config: Config): Promise<KeyPair> =>
  readKeyPair({ privateKey: config.RSA_PRIVATE_KEY_PATH, publicKey: config.RSA_PUBLIC_KEY_PATH });

/** What the module is built on. */
export interface AuthModuleParts {
  config: Config;
  keys: KeyPair;
  postgres: Postgres<unknown>;
  redis: Redis;
  readiness: Readiness;
}

/** The services that start-up needs. */
export interface AuthInstance {
  users: UserService;
  apiKeys: ApiKeyService;
}

/** Hashes that may run at once. libuv has four threads for such work, and checking tokens needs one of them. */
const hashLimit = Math.max(1, Math.min(availableParallelism() - 1, 3));
const maxWaitingHashes = 32;

/** The composition root of the auth service. */
export class AuthModule implements Module<AuthInstance> {
  readonly #config: Config;
  readonly #keys: KeyPair;
  readonly #readiness: Readiness;
  readonly #users: UserService;
  readonly #apiKeys: ApiKeyService;
  readonly #sessions: SessionService;

  constructor({ config, keys, postgres, redis, readiness }: AuthModuleParts) {
    this.#config = config;
    this.#keys = keys;
    this.#readiness = readiness;
    const bulkhead = new Bulkhead({ limit: hashLimit, maxWaiting: maxWaitingHashes, timeLeftMs });
    this.#users = new UserService(
      new UserStore(postgres),
      createProfileCache(redis),
      new PasswordHasher(bulkhead),
    );
    this.#apiKeys = new ApiKeyService(new ApiKeyStore(postgres));
    const tokens = new TokenIssuer({
      keys,
      issuer: config.TOKEN_ISSUER,
      audience: config.TOKEN_AUDIENCE,
      accessValiditySec: config.ACCESS_TOKEN_VALIDITY_SEC,
      refreshValiditySec: config.REFRESH_TOKEN_VALIDITY_SEC,
    });
    this.#sessions = new SessionService(this.#users, new SessionStore(postgres), tokens);
  }

  getInstance(): AuthInstance {
    return { users: this.#users, apiKeys: this.#apiKeys };
  }

  controllers(): readonly Controller[] {
    const providers = {
      authentication: this.authenticationProvider(),
      authorization: this.authorizationProvider(),
    };
    const inProduction = this.#config.NODE_ENV === 'production';
    return [
      new HealthController(this.#readiness),
      new ApiKeyController(this.#apiKeys),
      new UserController(this.#users),
      new SessionController(this.#sessions, {
        providers,
        passwordMinLength: this.#config.PASSWORD_MIN_LENGTH ?? (inProduction ? 8 : 6),
        jwks: { keys: [this.#keys.jwk] },
      }),
    ];
  }

  rootMiddlewares(): readonly [] {
    return [];
  }

  authenticationProvider(): AuthenticationProvider {
    return createAuthenticationProvider(this.#sessions);
  }

  authorizationProvider(): AuthorizationProvider {
    return createAuthorizationProvider(this.#sessions);
  }
}
