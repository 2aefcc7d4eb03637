import { RoleCode } from '@tsmicro/contracts-auth';
import { Pagination } from '@tsmicro/dto';
import { Controller } from '@tsmicro/micro';
import type { GuardProviders, Routes } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { TagCount, TagParam } from '../blog/dto.ts';
import { currentUser } from '../identity/guard.ts';
import { RenameTag } from './dto.ts';
import type { TagService } from './service.ts';

/** The tags of all blogs: for everybody to read, for editors to change. */
export class TagController extends Controller {
  readonly #service: TagService;

  constructor(service: TagService, providers: GuardProviders) {
    super('/', providers);
    this.#service = service;
  }

  mountRoutes(routes: Routes): void {
    const guards = [this.authentication(), this.authorization(RoleCode.Editor)];
    const absent = { 404: 'tag not found' };
    routes.get(
      '/tags',
      {
        summary: 'The tags of published blogs, most used first',
        query: Pagination,
        data: Type.Array(TagCount),
      },
      ({ query }) => this.#service.list(query),
    );
    const renaming = { guards, params: TagParam, body: RenameTag, data: TagCount, errors: absent };
    routes.put(
      '/editor/tags/:tag',
      { ...renaming, summary: 'Rename a tag in every blog' },
      ({ params, body, context }) => this.#service.rename(params.tag, body.tag, context.get(currentUser)),
    );
    const removal = {
      guards,
      params: TagParam,
      summary: 'Take a tag off every blog',
      errors: { ...absent, 400: 'blogs without another tag: S' },
    };
    routes.delete('/editor/tags/:tag', removal, ({ params, context }) =>
      this.#service.remove(params.tag, context.get(currentUser)),
    );
  }
}
