import { randomUUID } from 'node:crypto';
import {
  authentication,
  authorization,
  type Decision,
  type DecisionNotice,
  decision,
  decisionNotice,
  profileUser,
  profileUsers,
  type RoleCode,
  type User,
} from '@tsmicro/contracts-auth';
import { Controller, connectNats, createRouter, type NatsGroup, openNoticeTeller } from '@tsmicro/micro';
import { forbidden, notFound, unauthorized } from '@tsmicro/network';

interface Account {
  user: User;
  roles: readonly RoleCode[];
}

/** The auth service's side of the contract, for accounts that a test makes. */
export class AuthResponder implements AsyncDisposable {
  /** How often each subject was asked. */
  readonly asked = { authentication: 0, authorization: 0, decision: 0, profile: 0 };
  /** Holds every reply back until it settles. */
  pause: Promise<void> = Promise.resolve();
  readonly #byToken = new Map<string, Account>();
  readonly #byId = new Map<string, Account>();
  readonly #gone = new Set<string>();
  readonly #gomicro: boolean;
  #close: () => Promise<void> = async () => {};
  #tell: (notice: DecisionNotice) => Promise<void> = async () => {};

  /** One of gomicro has its endpoints only, and tells nothing. */
  constructor({ gomicro = false } = {}) {
    this.#gomicro = gomicro;
  }

  /** A new account; what is given back is its authorization header. */
  add(name: string, ...roles: RoleCode[]): { authorization: string; user: User } {
    const user = {
      id: randomUUID(),
      name,
      email: `${name}@example.com`,
      profilePicUrl: `https://example.com/${name}`,
    };
    const header = `Bearer ${randomUUID()}`;
    const account = { user, roles };
    this.#byToken.set(header, account);
    this.#byId.set(user.id, account);
    return { authorization: header, user };
  }

  /** Nobody knows the account any more; its token still says who it was. */
  remove({ id }: User): void {
    this.#gone.add(id);
  }

  restore({ id }: User): void {
    this.#gone.delete(id);
  }

  /** Ends a session, as a sign-out does: it has happened when it returns. */
  async signOut(authorization: string): Promise<void> {
    this.#byToken.delete(authorization);
    await this.#tell({ sessions: [authorization] });
  }

  /** Gives a user these roles and no others: it has happened when it returns. */
  async setRoles({ id }: User, ...roles: RoleCode[]): Promise<void> {
    const account = this.#byId.get(id);
    if (account !== undefined) account.roles = roles;
    await this.#tell({ users: [id] });
  }

  async open(natsUrl: string): Promise<this> {
    const natsClient = await connectNats({ natsUrl, natsServiceName: 'auth', natsServiceVersion: '1.0.0' });
    const router = createRouter({ natsClient });
    router.loadControllers([new Session(this, this.#gomicro), new Profile(this, this.#gomicro)]);
    await router.start({ host: '127.0.0.1', port: 0 });
    const teller = await openNoticeTeller(natsClient, decisionNotice);
    if (!this.#gomicro) this.#tell = (notice) => teller.tell(notice);
    this.#close = async () => {
      teller.close();
      await router.close();
      await natsClient.close();
    };
    return this;
  }

  async authenticate(header: string): Promise<User> {
    this.asked.authentication++;
    await this.pause;
    const account = this.#byToken.get(header);
    if (account === undefined) throw unauthorized('token is invalid');
    return account.user;
  }

  async authorize(user: User, roles: readonly string[]): Promise<User> {
    this.asked.authorization++;
    await this.pause;
    const held = this.#byId.get(user.id)?.roles ?? [];
    if (!held.some((role) => roles.includes(role))) throw forbidden('permission denied: role is missing');
    return user;
  }

  async decide(header: string): Promise<Decision> {
    this.asked.decision++;
    const account = this.#byToken.get(header);
    // What is found now may be old when it is sent.
    const found = account && { user: account.user, roles: [...account.roles], session: header };
    await this.pause;
    if (found === undefined) throw unauthorized('token is invalid');
    return { ...found, expiresAt: Math.floor(Date.now() / 1_000) + 3_600 };
  }

  async profile(id: string): Promise<User> {
    const [user] = await this.profiles([id]);
    if (user === undefined) throw notFound('user not found');
    return user;
  }

  async profiles(ids: readonly string[]): Promise<User[]> {
    this.asked.profile++;
    await this.pause;
    return ids.flatMap((id) => (this.#gone.has(id) ? [] : (this.#byId.get(id)?.user ?? [])));
  }

  async close(): Promise<void> {
    await this.#close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

class Session extends Controller {
  readonly #auth: AuthResponder;
  readonly #gomicro: boolean;

  constructor(auth: AuthResponder, gomicro: boolean) {
    super('/');
    this.#auth = auth;
    this.#gomicro = gomicro;
  }

  mountRoutes(): void {}

  override mountNats(group: NatsGroup): void {
    group.addEndpoint(authentication, ({ value }) => this.#auth.authenticate(value));
    group.addEndpoint(authorization, ({ user, roles }) => this.#auth.authorize(user, roles));
    if (!this.#gomicro) group.addEndpoint(decision, ({ value }) => this.#auth.decide(value));
  }
}

class Profile extends Controller {
  readonly #auth: AuthResponder;
  readonly #gomicro: boolean;

  constructor(auth: AuthResponder, gomicro: boolean) {
    super('/profile');
    this.#auth = auth;
    this.#gomicro = gomicro;
  }

  mountRoutes(): void {}

  override mountNats(group: NatsGroup): void {
    group.addEndpoint(profileUser, ({ value }) => this.#auth.profile(value));
    if (this.#gomicro) return;
    group.addEndpoint(profileUsers, async ({ ids }) => ({ users: await this.#auth.profiles(ids) }));
  }
}
