import { MongoIdParam, Pagination, UuidParam } from '@tsmicro/dto';
import { Controller } from '@tsmicro/micro';
import type { Routes } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { ItemBlog, TagParam } from '../blog/dto.ts';
import { SearchQuery } from './dto.ts';
import type { ListService } from './service.ts';

/** Published blogs in lists, for everybody. */
export class ListController extends Controller {
  readonly #service: ListService;

  constructor(service: ListService) {
    super('/list');
    this.#service = service;
  }

  mountRoutes(routes: Routes): void {
    const data = Type.Array(ItemBlog);
    routes.get('/latest', { summary: 'The newest blogs', query: Pagination, data }, ({ query }) =>
      this.#service.listLatest(query),
    );
    routes.get(
      '/tag/:tag',
      { summary: 'The newest blogs with a tag', params: TagParam, query: Pagination, data },
      ({ params, query }) => this.#service.listTagged(params.tag, query),
    );
    routes.get(
      '/author/:id',
      { summary: 'The newest blogs of an author', params: UuidParam, query: Pagination, data },
      ({ params, query }) => this.#service.listOfAuthor(params.id, query),
    );
    routes.get(
      '/search',
      { summary: 'Blogs that have any of the words, best first', query: SearchQuery, data },
      ({ query }) => this.#service.search(query),
    );
    routes.get(
      '/similar/id/:id',
      {
        summary: 'Blogs about what this one is about',
        params: MongoIdParam,
        data,
        errors: { 404: 'blog not found' },
      },
      ({ params }) => this.#service.listSimilar(params.id),
    );
  }
}
