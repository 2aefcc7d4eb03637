import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { authEvents } from '@tsmicro/contracts-auth';
import type { Controller, EventDefinition, EventHandler, Module } from '@tsmicro/micro';
import {
  type AuthenticationProvider,
  type AuthorizationProvider,
  timeLeftMs,
  type ValidationParser,
} from '@tsmicro/network';
import { createOutbox, type Outbox, type Postgres } from '@tsmicro/postgres';
import { createLimiter, type Redis } from '@tsmicro/redis';
import { HealthController, type Readiness } from '@tsmicro/service';
import { AccountController } from './account/controller.ts';
import { AccountService } from './account/service.ts';
import { AccountStore } from './account/store.ts';
import { AdminController } from './admin/controller.ts';
import { AdminService } from './admin/service.ts';
import { AdminStore } from './admin/store.ts';
import { ApiKeyController, ApiKeyVerificationController } from './apikey/controller.ts';
import { ApiKeyService } from './apikey/service.ts';
import { ApiKeyStore } from './apikey/store.ts';
import type { Config } from './config.ts';
import { KeyController } from './key/controller.ts';
import { describeKeys, readKeyDirectory } from './key/key-directory.ts';
import { readKeyPair } from './key/key-pair.ts';
import { KeyRing, type KeySource } from './key/key-ring.ts';
import { createDecisionCaches } from './session/cache.ts';
import type { DecisionNotices } from './session/client.ts';
import { SessionController } from './session/controller.ts';
import { Decisions } from './session/decision.ts';
import { createAuthenticationProvider, createAuthorizationProvider } from './session/guard.ts';
import { LastUse } from './session/last-use.ts';
import { SessionService } from './session/service.ts';
import { SessionStore } from './session/store.ts';
import { revocationHandlers } from './session/subscriber.ts';
import { TokenIssuer } from './session/token.ts';
import { Bulkhead } from './user/bulkhead.ts';
import { createProfileCache } from './user/cache.ts';
import { readUncommonPassword } from './user/common-password.ts';
import { UserController } from './user/controller.ts';
import type { PasswordRules } from './user/dto.ts';
import { PasswordHasher } from './user/password.ts';
import { UserService } from './user/service.ts';
import { UserStore } from './user/store.ts';
import { Throttle } from './user/throttle.ts';

export { openDecisionNotices } from './session/client.ts';

/** Told of what becomes of the keys while the service runs. */
export type KeyWatch = Pick<KeySource, 'onError' | 'onChange'>;

/** Reads the keys of tokens, before anything is opened. @throws {ConfigError} naming what is wrong with which file */
export async function readKeys(config: Config, watch: KeyWatch): Promise<KeyRing> {
  const directory = config.RSA_KEY_DIRECTORY ?? join(dirname(config.RSA_PRIVATE_KEY_PATH), 'rotated');
  const read = () => readKeyDirectory(directory);
  const first = await readKeyPair({
    privateKey: { path: config.RSA_PRIVATE_KEY_PATH, name: 'RSA_PRIVATE_KEY_PATH' },
    publicKey: { path: config.RSA_PUBLIC_KEY_PATH, name: 'RSA_PUBLIC_KEY_PATH' },
  });
  const longestValiditySec = Math.max(config.ACCESS_TOKEN_VALIDITY_SEC, config.REFRESH_TOKEN_VALIDITY_SEC);
  return new KeyRing({
    first,
    rotated: await read(),
    longestValidityMs: longestValiditySec * 1_000,
    describe: () => describeKeys(directory),
    read,
    ...watch,
  });
}

/** What is asked of new passwords here, and the format that this may name. */
export interface PasswordDemands {
  rules: PasswordRules;
  formats: readonly ValidationParser[];
}

/** Reads the list of common passwords, where it is wanted. */
export async function readPasswordDemands(config: Config): Promise<PasswordDemands> {
  const inProduction = config.NODE_ENV === 'production';
  const minLength = config.PASSWORD_MIN_LENGTH ?? (inProduction ? 8 : 6);
  const denylist = config.PASSWORD_DENYLIST ?? (inProduction ? 'on' : 'off');
  if (denylist === 'off') return { rules: { minLength }, formats: [] };
  const uncommon = await readUncommonPassword(minLength);
  return { rules: { minLength, format: uncommon.format }, formats: [uncommon] };
}

/** What the module is built on. */
export interface AuthModuleParts {
  config: Config;
  passwordRules: PasswordRules;
  keys: KeyRing;
  notices: DecisionNotices;
  postgres: Postgres<unknown>;
  redis: Redis;
  readiness: Readiness;
}

/** What start-up needs. */
export interface AuthInstance {
  users: UserService;
  apiKeys: ApiKeyService;
  /** Events that wait to be published. */
  events: Outbox;
  /** All kinds of them. */
  told: readonly EventDefinition[];
  /** Those that every instance hears. */
  heard: readonly EventHandler[];
}

/** Hashes that may run at once. libuv has four threads for such work, and checking tokens needs one of them. */
const hashLimit = Math.max(1, Math.min(availableParallelism() - 1, 3));
const maxWaitingHashes = 32;
/** How long failures count. */
const failureWindowSec = 60;

function createThrottle(redis: Redis, config: Config): Throttle {
  if (config.RATE_LIMIT === 'off') return new Throttle();
  const limit = (who: string, places: number) =>
    createLimiter(redis, { namespace: `auth:failures:${who}`, places, windowSec: failureWindowSec });
  return new Throttle({
    client: limit('client', config.SIGNIN_FAILURES_PER_CLIENT),
    account: limit('account', config.SIGNIN_FAILURES_PER_ACCOUNT),
  });
}

/** The composition root of the auth service. */
export class AuthModule implements Module<AuthInstance> {
  readonly #passwordRules: PasswordRules;
  readonly #keys: KeyRing;
  readonly #readiness: Readiness;
  readonly #events: Outbox;
  readonly #users: UserService;
  readonly #apiKeys: ApiKeyService;
  readonly #sessions: SessionService;
  readonly #accounts: AccountService;
  readonly #admin: AdminService;

  constructor({ config, passwordRules, keys, notices, postgres, redis, readiness }: AuthModuleParts) {
    this.#passwordRules = passwordRules;
    this.#keys = keys;
    this.#readiness = readiness;
    const bulkhead = new Bulkhead({ limit: hashLimit, maxWaiting: maxWaitingHashes, timeLeftMs });
    const throttle = createThrottle(redis, config);
    const passwords = new PasswordHasher(bulkhead);
    const events = createOutbox(postgres);
    this.#events = events;
    this.#users = new UserService({
      store: new UserStore(postgres),
      profiles: createProfileCache(redis),
      passwords,
      throttle,
      events,
    });
    const apiKeys = new ApiKeyStore(postgres);
    this.#apiKeys = new ApiKeyService({
      store: apiKeys,
      events,
      uses: new LastUse((ids) => apiKeys.noteUse(ids)),
    });
    const tokens = new TokenIssuer({
      keys,
      issuer: config.TOKEN_ISSUER,
      audience: config.TOKEN_AUDIENCE,
      accessValiditySec: config.ACCESS_TOKEN_VALIDITY_SEC,
      refreshValiditySec: config.REFRESH_TOKEN_VALIDITY_SEC,
    });
    const store = new SessionStore(postgres);
    this.#sessions = new SessionService({
      postgres,
      store,
      users: this.#users,
      tokens,
      decisions: new Decisions({ source: store, ...createDecisionCaches(redis), notices }),
      lastUse: new LastUse((ids) => store.noteUse(ids)),
      throttle,
      events,
      reuseGraceSec: config.REFRESH_REUSE_GRACE_SEC,
    });
    const above = { users: this.#users, sessions: this.#sessions, events };
    this.#accounts = new AccountService({ ...above, store: new AccountStore(postgres), passwords, throttle });
    this.#admin = new AdminService({ ...above, store: new AdminStore(postgres) });
  }

  getInstance(): AuthInstance {
    return {
      users: this.#users,
      apiKeys: this.#apiKeys,
      events: this.#events,
      told: authEvents,
      heard: revocationHandlers(this.#sessions, this.#users),
    };
  }

  controllers(): readonly Controller[] {
    const providers = {
      authentication: this.authenticationProvider(),
      authorization: this.authorizationProvider(),
    };
    const passwordRules = this.#passwordRules;
    return [
      new HealthController(this.#readiness),
      new ApiKeyController(this.#apiKeys, providers),
      new ApiKeyVerificationController(this.#apiKeys),
      new UserController(this.#users),
      new SessionController(this.#sessions, { providers, passwordRules }),
      new KeyController(this.#keys),
      new AccountController(this.#accounts, { providers, passwordRules }),
      new AdminController(this.#admin, providers),
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
