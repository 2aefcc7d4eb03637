import { RoleCode } from '@tsmicro/contracts-auth';
import { badRequest, notFound, unauthorized } from '@tsmicro/network';
import type { ProfileCache } from './cache.ts';
import { type PublicUser, toPublicUser } from './dto.ts';
import type { Role, User } from './model.ts';
import type { PasswordHasher } from './password.ts';
import { seedAdmin } from './seed.ts';
import type { UserStore, WithNewUser } from './store.ts';

/** What a person gives to become a user. */
export interface Registration {
  email: string;
  password: string;
  name: string;
  profilePicUrl?: string;
}

/** Knows the users: who they are, what they may do, whether a password is theirs. */
export class UserService {
  readonly #store: UserStore;
  readonly #profiles: ProfileCache;
  readonly #passwords: PasswordHasher;

  constructor(store: UserStore, profiles: ProfileCache, passwords: PasswordHasher) {
    this.#store = store;
    this.#profiles = profiles;
    this.#passwords = passwords;
  }

  /** @throws {ApiError} 404 for an unknown or inactive user */
  async get(id: string): Promise<User> {
    const user = await this.#store.find(id);
    if (user === undefined) throw notFound('user not found');
    return user;
  }

  /** What everybody may see of a user. @throws {ApiError} 404 for an unknown or inactive one */
  async getPublic(id: string): Promise<PublicUser> {
    return this.#profiles.through(id.toLowerCase(), async () => toPublicUser(await this.get(id)));
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
   * @throws {ApiError} 400 when the email is taken
   */
  async register(
    { email, password, name, profilePicUrl }: Registration,
    andThen: WithNewUser,
  ): Promise<{ user: User; roles: Role[] }> {
    const created = await this.#passwords.admit(async () => {
      // Asked first to spare the costly hash; what decides is the unique index.
      if ((await this.#store.findAccount(email)) !== undefined) return undefined;
      const passwordHash = await this.#passwords.hash(password);
      const user = { email, passwordHash, name, profilePicUrl };
      return this.#store.create(user, RoleCode.Learner, andThen);
    });
    if (created === undefined) throw badRequest('user already registered');
    return created;
  }

  /**
   * The user whose email and password these are. An outdated hash is replaced on the way.
   * @throws {ApiError} 401 in the same words and the same time for unknown, inactive and known accounts
   */
  async checkPassword(email: string, password: string): Promise<User> {
    const user = await this.#passwords.admit(async () => {
      const account = await this.#store.findAccount(email);
      const stored = account?.active ? account.passwordHash : undefined;
      const { matches, renewedHash } = await this.#passwords.verify(password, stored);
      if (account === undefined || stored === undefined || !matches) return undefined;
      if (renewedHash !== undefined) await this.#store.replacePassword(account.user.id, stored, renewedHash);
      return account.user;
    });
    if (user === undefined) throw unauthorized('invalid credentials');
    return user;
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
