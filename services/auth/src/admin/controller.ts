import { RoleCode } from '@tsmicro/contracts-auth';
import { UuidParam } from '@tsmicro/dto';
import { Controller } from '@tsmicro/micro';
import type { GuardProviders, Routes } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { currentSession } from '../session/guard.ts';
import { UserProfile } from '../user/dto.ts';
import { AdminUser, RoleChange, StatusChange, UserQuery } from './dto.ts';
import type { AdminService } from './service.ts';

/** Users, as administrators look after them. */
export class AdminController extends Controller {
  readonly #service: AdminService;

  constructor(service: AdminService, providers: GuardProviders) {
    super('/admin/users', providers);
    this.#service = service;
  }

  override mountRoutes(routes: Routes): void {
    const guards = [this.authentication(), this.authorization(RoleCode.Admin)];
    routes.get(
      '/',
      {
        summary: 'Users, active or not, newest first; search finds parts of name and email',
        guards,
        query: UserQuery,
        data: Type.Array(AdminUser),
      },
      ({ query }) => this.#service.list(query),
    );
    routes.put(
      '/id/:id/roles',
      {
        summary: 'Give a user these roles and no others',
        guards,
        params: UuidParam,
        body: RoleChange,
        data: UserProfile,
        errors: { 400: 'the last admin keeps ADMIN', 404: 'user not found' },
      },
      ({ params, body, context }) =>
        this.#service.setRoles(context.get(currentSession).user.id, params.id, body),
    );
    routes.put(
      '/id/:id/status',
      {
        summary: 'Let a user sign in, or end the sessions and let in no more',
        guards,
        params: UuidParam,
        body: StatusChange,
        data: UserProfile,
        errors: { 400: 'the last admin stays active', 404: 'user not found' },
      },
      ({ params, body, context }) =>
        this.#service.setStatus(context.get(currentSession).user.id, params.id, body),
    );
  }
}
