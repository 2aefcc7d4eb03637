import { RoleCode, userDeactivated, userRegistered, userUpdated } from '@tsmicro/contracts-auth';
import { createEvent } from '@tsmicro/micro';
import { badRequest, forbidden, notFound, unauthorized } from '@tsmicro/network';
import type { Outbox, Transaction } from '@tsmicro/postgres';
import type { ProfileCache } from './cache.ts';
import { type PublicUser, toPublicUser } from './dto.ts';
import type { Role, User } from './model.ts';
import type { PasswordHasher } from './password.ts';
import { seedAdmin } from './seed.ts';
import type { UserStore, WithUser } from './store.ts';
import type { Throttle } from './throttle.ts';

/** What a person gives to become a user. */
export interface Registration {
  email: string;
  password: string;
  name: string;
  profilePicUrl?: string;
}

/** What the service is built on. */
export interface UserServiceParts {
  store: UserStore;
  profiles: ProfileCache;
  passwords: PasswordHasher;
  throttle: Throttle;
  events: Pick<Outbox, 'write'>;
}

/** What comes before and with a change of {@link UserService.setActive}, in its transaction. */
export interface StatusTerms {
  /** Throws when the change may not be. @default it may */
  allow?: (transaction: Transaction<unknown>) => Promise<void>;
  /** Ends the sessions of a user who is active no longer. */
  endSessions: (transaction: Transaction<unknown>) => Promise<void>;
}

/** A user whose password was right. */
export interface Verified {
  user: User;
  passwordHash: string;
}

/** Knows the users: who they are, what they may do, whether a password is theirs. */
export class UserService {
  readonly #store: UserStore;
  readonly #profiles: ProfileCache;
  readonly #passwords: PasswordHasher;
  readonly #throttle: Throttle;
  readonly #events: Pick<Outbox, 'write'>;

  constructor({ store, profiles, passwords, throttle, events }: UserServiceParts) {
    this.#store = store;
    this.#profiles = profiles;
    this.#passwords = passwords;
    this.#throttle = throttle;
    this.#events = events;
  }

  /** A user for other services, also an inactive one: what a user wrote outlives the account. @throws {ApiError} 404 */
  async get(id: string): Promise<User> {
    const [user] = await this.#store.findKnown([id]);
    if (user === undefined) throw notFound('user not found');
    return user;
  }

  /** Those of these users that there are, inactive ones too. */
  async list(ids: readonly string[]): Promise<User[]> {
    return this.#store.findKnown(ids);
  }

  /** What everybody may see of a user. @throws {ApiError} 404 for an unknown or inactive one */
  async getPublic(id: string): Promise<PublicUser> {
    return this.#profiles.through(id.toLowerCase(), async () => {
      const user = await this.#store.find(id);
      if (user === undefined) throw notFound('user not found');
      return toPublicUser(user);
    });
  }

  /**
   * Runs a change to a user, then takes what everybody saw of that user out of the cache before anybody hears that it is
   * done. A change that failed half-way is treated as one that happened.
   */
  async change<T>(id: string, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } finally {
      await this.forget(id);
    }
  }

  /** Takes what everybody saw of a user out of the cache. Never throws. */
  async forget(id: string): Promise<void> {
    await this.#profiles.drop(id.toLowerCase());
  }

  /** Whether nobody else is an active admin; who asks goes on alone until the transaction's end. */
  async isLastAdmin(id: string, transaction: Transaction<unknown>): Promise<boolean> {
    return this.#store.isLastHolder(RoleCode.Admin, id, transaction);
  }

  /** For changes that only admins make: holds at the moment of the change. @throws {ApiError} 403 */
  async requireAdmin(id: string, transaction: Transaction<unknown>): Promise<void> {
    const admin = await this.#store.findHolding(id, [RoleCode.Admin], transaction);
    if (admin === undefined) throw forbidden('permission denied: role is missing');
  }

  /**
   * Lets a user sign in, or no longer.
   * @throws {ApiError} 404 for an unknown user, 400 for the last active admin
   */
  async setActive(id: string, active: boolean, { allow, endSessions }: StatusTerms): Promise<User> {
    const mayBe = async (transaction: Transaction<unknown>) => {
      if (!active && (await this.isLastAdmin(id, transaction))) {
        throw badRequest('the last admin stays active');
      }
      await allow?.(transaction);
    };
    const user = await this.change(id, () =>
      this.#store.setActive(id, active, mayBe, async (changed, transaction) => {
        if (!active) await endSessions(transaction);
        const event = active
          ? createEvent(userUpdated, changed.id, toPublicUser(changed))
          : createEvent(userDeactivated, changed.id, { id: changed.id });
        await this.#events.write(transaction, event);
      }),
    );
    if (user === undefined) throw notFound('user not found');
    return user;
  }

  /** The roles a user holds. */
  async findRoles(id: string): Promise<Role[]> {
    return this.#store.findRoles(id);
  }

  /** The user when any one of `roles` is held, by what is stored at this moment. */
  async findHolding(id: string, roles: readonly string[]): Promise<User | undefined> {
    return this.#store.findHolding(id, roles);
  }

  /**
   * Makes a learner, together with what `andThen` adds in the same transaction.
   * @param client who asks, as `clientOf` names it
   * @throws {ApiError} 400 when the email is taken, 429 when that was said too often
   */
  async register(
    { email, password, name, profilePicUrl }: Registration,
    client: string,
    andThen: WithUser,
  ): Promise<{ user: User; roles: Role[] }> {
    const create = async () => {
      // Asked first to spare the costly hash; what decides is the unique index.
      const taken = (await this.#store.findAccount(email)) !== undefined;
      const passwordHash = taken ? undefined : await this.#passwords.hash(password);
      const created =
        passwordHash &&
        (await this.#store.create(
          { email, passwordHash, name, profilePicUrl },
          RoleCode.Learner,
          async (user, transaction) => {
            await andThen(user, transaction);
            const event = createEvent(userRegistered, user.id, toPublicUser(user));
            await this.#events.write(transaction, event);
          },
        ));
      if (!created) throw badRequest('user already registered');
      return created;
    };
    return this.#passwords.admit(() => this.#throttle.attempt({ kind: 'sign-up', client }, create));
  }

  /**
   * The user whose email and password these are, and the hash in force. An outdated one is replaced on the way.
   * @param client who asks, as `clientOf` names it
   * @throws {ApiError} 401 in the same words and the same time for unknown, inactive and known accounts, and 429 after too
   *   many of them
   */
  async checkPassword(email: string, password: string, client: string): Promise<Verified> {
    const check = async (): Promise<Verified> => {
      const account = await this.#store.findAccount(email);
      const stored = account?.active ? account.passwordHash : undefined;
      const { matches, renewedHash } = await this.#passwords.verify(password, stored);
      if (account === undefined || stored === undefined || !matches)
        throw unauthorized('invalid credentials');
      const { user } = account;
      if (renewedHash === undefined) return { user, passwordHash: stored };
      const replaced = await this.#store.replacePassword(user.id, stored, renewedHash);
      // Somebody else was faster, with the same upgrade or with another password.
      return replaced ? { user, passwordHash: renewedHash } : check();
    };
    const attempt = { kind: 'sign-in', client, account: email } as const;
    return this.#passwords.admit(() => this.#throttle.attempt(attempt, check));
  }

  /** Adds the seed account where there is none of that email. */
  async plantSeed(): Promise<void> {
    const { email, password, name } = seedAdmin;
    if ((await this.#store.findAccount(email)) !== undefined) return;
    const passwordHash = await this.#passwords.hash(password);
    await this.#store.addWithAllRoles({ email, passwordHash, name, profilePicUrl: undefined });
  }

  /** Whether the password that everybody knows would open the seed account. */
  async isSeedInForce(): Promise<boolean> {
    const account = await this.#store.findAccount(seedAdmin.email);
    if (account === undefined || !account.active) return false;
    return (await this.#passwords.verify(seedAdmin.password, account.passwordHash)).matches;
  }
}
