import { profileUser, profileUsers } from '@tsmicro/contracts-auth';
import { Uuid, UuidParam } from '@tsmicro/dto';
import { Controller, type NatsGroup } from '@tsmicro/micro';
import { compileParser, type Routes } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { PublicUser } from './dto.ts';
import type { UserService } from './service.ts';

const parseUserId = compileParser(Type.Object({ value: Uuid }));

/** What others may see of a user. */
export class UserController extends Controller {
  readonly #users: UserService;

  constructor(users: UserService) {
    super('/profile');
    this.#users = users;
  }

  override mountRoutes(routes: Routes): void {
    routes.get(
      '/id/:id',
      {
        summary: 'The public profile of a user',
        params: UuidParam,
        data: PublicUser,
        errors: { 404: 'user not found' },
      },
      async ({ params }) => this.#users.getPublic(params.id),
    );
  }

  override mountNats(group: NatsGroup): void {
    group.addEndpoint(profileUser, async (data) => this.#users.get(parseUserId(data).value));
    group.addEndpoint(profileUsers, async ({ ids }) => ({ users: await this.#users.list(ids) }));
  }
}
