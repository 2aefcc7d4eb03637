import { RoleCode, userRolesChanged } from '@tsmicro/contracts-auth';
import { createEvent } from '@tsmicro/micro';
import { badRequest, notFound } from '@tsmicro/network';
import type { Outbox, Transaction } from '@tsmicro/postgres';
import type { SessionService } from '../session/service.ts';
import { toUserProfile, type UserProfile } from '../user/dto.ts';
import type { UserService } from '../user/service.ts';
import { type AdminUser, type RoleChange, type StatusChange, toAdminUser, type UserQuery } from './dto.ts';
import { toPatterns } from './search.ts';
import type { AdminStore } from './store.ts';

/** What the service is built on. */
export interface AdminServiceParts {
  store: AdminStore;
  users: UserService;
  sessions: SessionService;
  events: Pick<Outbox, 'write'>;
}

/** What administrators do with users. There is always one active administrator left. */
export class AdminService {
  readonly #parts: AdminServiceParts;

  constructor(parts: AdminServiceParts) {
    this.#parts = parts;
  }

  /** Users, active or not, newest first; with `search` those whose name or email contains each of its words. */
  async list({ page, limit, search = '' }: UserQuery): Promise<AdminUser[]> {
    const users = await this.#parts.store.list({ page, limit, patterns: toPatterns(search) });
    return users.map(toAdminUser);
  }

  /**
   * Gives a user these roles and no others.
   * @throws {ApiError} 400 when the last admin would lose ADMIN, 404; 403 when the caller has just lost it
   */
  async setRoles(adminId: string, id: string, { roles }: RoleChange): Promise<UserProfile> {
    const { store, users, sessions, events } = this.#parts;
    const allow = async (transaction: Transaction<unknown>) => {
      const isLast = await users.isLastAdmin(id, transaction);
      if (isLast && !roles.includes(RoleCode.Admin)) throw badRequest('the last admin keeps ADMIN');
      await users.requireAdmin(adminId, transaction);
    };
    const change = await sessions.change({ users: [id] }, () =>
      store.setRoles(id, roles, allow, async ({ user, roles: held, changed }, transaction) => {
        const codes = held.map(({ code }) => code);
        if (roles.some((code) => !codes.includes(code))) throw badRequest('roles is invalid');
        if (!changed) return;
        await events.write(
          transaction,
          createEvent(userRolesChanged, user.id, { id: user.id, roles: codes }),
        );
      }),
    );
    if (change === undefined) throw notFound('user not found');
    return toUserProfile(change.user, change.roles);
  }

  /**
   * Lets a user sign in, or no longer: then the user's sessions are over.
   * @throws {ApiError} 400 for the last active admin, 404; 403 when the caller has just lost ADMIN
   */
  async setStatus(adminId: string, id: string, { active }: StatusChange): Promise<UserProfile> {
    const { users, sessions } = this.#parts;
    const user = await sessions.change({ users: [id] }, () =>
      users.setActive(id, active, {
        allow: (transaction) => users.requireAdmin(adminId, transaction),
        endSessions: (transaction) => sessions.endSessions(transaction, id),
      }),
    );
    return sessions.getProfile(user);
  }
}
