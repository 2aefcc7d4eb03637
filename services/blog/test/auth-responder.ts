import { randomUUID } from 'node:crypto';
import {
  authentication,
  authorization,
  profileUser,
  type RoleCode,
  type User,
} from '@tsmicro/contracts-auth';
import { Controller, connectNats, createRouter, type NatsGroup } from '@tsmicro/micro';
import { forbidden, notFound, unauthorized } from '@tsmicro/network';

interface Account {
  user: User;
  roles: readonly RoleCode[];
}

/** The auth service's side of the contract, for accounts that a test makes. */
export class AuthResponder implements AsyncDisposable {
  /** How often each subject was asked. */
  readonly asked = { authentication: 0, authorization: 0, profile: 0 };
  /** Holds every reply back until it settles. */
  pause: Promise<void> = Promise.resolve();
  readonly #byToken = new Map<string, Account>();
  readonly #byId = new Map<string, Account>();
  readonly #gone = new Set<string>();
  #close: () => Promise<void> = async () => {};

  /** A new account; what is given back is its authorization header. */
  add(name: string, ...roles: RoleCode[]): { authorization: string; user: User } {
    const user = {
      id: randomUUID(),
      name,
      email: `${name}@example.com`,
      profilePicUrl: `https://example.com/${name}`,
    };
    const header = `Bearer ${randomUUID()}`;
    this.#byToken.set(header, { user, roles });
    this.#byId.set(user.id, { user, roles });
    return { authorization: header, user };
  }

  /** Nobody knows the account any more; its token still says who it was. */
  remove({ id }: User): void {
    this.#gone.add(id);
  }

  restore({ id }: User): void {
    this.#gone.delete(id);
  }

  async open(natsUrl: string): Promise<this> {
    const natsClient = await connectNats({ natsUrl, natsServiceName: 'auth', natsServiceVersion: '1.0.0' });
    const router = createRouter({ natsClient });
    router.loadControllers([new Session(this), new Profile(this)]);
    await router.start({ host: '127.0.0.1', port: 0 });
    this.#close = async () => {
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
    if (!held.some((role) => roles.includes(role))) throw forbidden('permission denied');
    return user;
  }

  async profile(id: string): Promise<User> {
    this.asked.profile++;
    await this.pause;
    const account = this.#byId.get(id);
    if (account === undefined || this.#gone.has(id)) throw notFound('user not found');
    return account.user;
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

  constructor(auth: AuthResponder) {
    super('/');
    this.#auth = auth;
  }

  mountRoutes(): void {}

  override mountNats(group: NatsGroup): void {
    group.addEndpoint(authentication, ({ value }) => this.#auth.authenticate(value));
    group.addEndpoint(authorization, ({ user, roles }) => this.#auth.authorize(user, roles));
  }
}

class Profile extends Controller {
  readonly #auth: AuthResponder;

  constructor(auth: AuthResponder) {
    super('/profile');
    this.#auth = auth;
  }

  mountRoutes(): void {}

  override mountNats(group: NatsGroup): void {
    group.addEndpoint(profileUser, ({ value }) => this.#auth.profile(value));
  }
}
