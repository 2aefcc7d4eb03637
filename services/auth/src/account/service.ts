import { userUpdated } from '@tsmicro/contracts-auth';
import { createEvent } from '@tsmicro/micro';
import { badRequest, unauthorized } from '@tsmicro/network';
import type { Outbox } from '@tsmicro/postgres';
import type { OpenSession } from '../session/model.ts';
import type { SessionService } from '../session/service.ts';
import { toPublicUser, type UserProfile } from '../user/dto.ts';
import type { PasswordHasher } from '../user/password.ts';
import type { UserService } from '../user/service.ts';
import type { Throttle } from '../user/throttle.ts';
import type { PasswordChange, ProfileChange } from './dto.ts';
import type { AccountStore } from './store.ts';

/** What the service is built on. */
export interface AccountServiceParts {
  store: AccountStore;
  users: UserService;
  sessions: SessionService;
  passwords: PasswordHasher;
  throttle: Throttle;
  events: Pick<Outbox, 'write'>;
}

/** What people do with their own account. */
export class AccountService {
  readonly #parts: AccountServiceParts;

  constructor(parts: AccountServiceParts) {
    this.#parts = parts;
  }

  /** The own profile with these changes. @throws {ApiError} 401 when the account was deactivated a moment ago */
  async updateProfile({ id }: OpenSession['user'], change: ProfileChange): Promise<UserProfile> {
    const { store, users, sessions, events } = this.#parts;
    const user = await users.change(id, () =>
      sessions.change({ users: [id] }, () =>
        store.updateProfile(id, change, (changed, transaction) =>
          events.write(transaction, createEvent(userUpdated, id, toPublicUser(changed))),
        ),
      ),
    );
    if (user === undefined) throw unauthorized('access token is invalid');
    return sessions.getProfile(user);
  }

  /**
   * Takes another password, and ends every session but this one.
   * @param client who asks, as `clientOf` names it
   * @throws {ApiError} 401 when the current password is another, 429 after too many of those, 400 when a change of the
   *   same password was faster
   */
  async changePassword(
    { id: sessionId, user: { id } }: OpenSession,
    { currentPassword, newPassword }: PasswordChange,
    client: string,
  ): Promise<void> {
    const { store, sessions, passwords, throttle } = this.#parts;
    const replace = async () => {
      const from = await store.findPassword(id);
      const { matches } = await passwords.verify(currentPassword, from);
      if (from === undefined || !matches) throw unauthorized('invalid credentials');
      const to = await passwords.hash(newPassword);
      const replaced = await sessions.change({ users: [id] }, () =>
        store.replacePassword(id, { from, to }, (transaction) =>
          sessions.endSessions(transaction, id, { except: sessionId }),
        ),
      );
      if (!replaced) throw badRequest('the password was changed a moment ago');
    };
    const attempt = { kind: 'password', client, account: id } as const;
    await passwords.admit(() => throttle.attempt(attempt, replace));
  }

  /** Deactivates the account and ends its sessions; what it wrote stays. @throws {ApiError} 400 for the last admin */
  async deactivate({ id }: OpenSession['user']): Promise<void> {
    const { users, sessions } = this.#parts;
    await sessions.change({ users: [id] }, () =>
      users.setActive(id, false, {
        endSessions: (transaction) => sessions.endSessions(transaction, id),
      }),
    );
  }
}
