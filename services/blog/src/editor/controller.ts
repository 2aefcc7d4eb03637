import { RoleCode } from '@tsmicro/contracts-auth';
import { MongoIdParam, Pagination } from '@tsmicro/dto';
import { Controller } from '@tsmicro/micro';
import { type GuardProviders, type Routes, reply } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { ItemBlog, PrivateBlog } from '../blog/dto.ts';
import { currentUser } from '../identity/guard.ts';
import type { EditorService } from './service.ts';

/** Everybody's blogs, for editors. */
export class EditorController extends Controller {
  readonly #service: EditorService;

  constructor(service: EditorService, providers: GuardProviders) {
    super('/editor', providers);
    this.#service = service;
  }

  mountRoutes(routes: Routes): void {
    const guards = [this.authentication(), this.authorization(RoleCode.Editor)];
    const one = { guards, params: MongoIdParam };
    const absent = { 404: 'blog not found' };
    routes.get(
      '/id/:id',
      { ...one, summary: "Anybody's blog", data: PrivateBlog, errors: absent },
      ({ params }) => this.#service.get(params.id),
    );
    const publishing = {
      ...one,
      summary: 'Publish a submitted blog',
      errors: { ...absent, 400: 'blog is not submitted' },
    };
    routes.put('/publish/id/:id', publishing, async (request) => {
      await this.#service.publish(request.params.id, request.context.get(currentUser));
      return reply('blog published successfully');
    });
    const unpublishing = {
      ...one,
      summary: 'Take a blog from readers',
      errors: { ...absent, 400: 'blog is not published' },
    };
    routes.put('/unpublish/id/:id', unpublishing, async (request) => {
      await this.#service.unpublish(request.params.id, request.context.get(currentUser));
      return reply('blog unpublished successfully');
    });
    const list = { guards, query: Pagination, data: Type.Array(ItemBlog) };
    routes.get('/submitted', { ...list, summary: 'What waits for an editor' }, ({ query }) =>
      this.#service.listSubmitted(query),
    );
    routes.get('/published', { ...list, summary: 'What is published' }, ({ query }) =>
      this.#service.listPublished(query),
    );
  }
}
