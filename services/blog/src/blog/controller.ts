import { MongoIdParam, SlugParam } from '@tsmicro/dto';
import { Controller } from '@tsmicro/micro';
import type { Routes } from '@tsmicro/network';
import { PublicBlog } from './dto.ts';
import type { BlogService } from './service.ts';

/** One blog for everybody. */
export class BlogController extends Controller {
  readonly #service: BlogService;

  constructor(service: BlogService) {
    super('/');
    this.#service = service;
  }

  mountRoutes(routes: Routes): void {
    routes.get(
      '/id/:id',
      {
        summary: 'A published blog by its id',
        params: MongoIdParam,
        data: PublicBlog,
        errors: { 404: 'blog not found' },
      },
      ({ params }) => this.#service.getPublishedById(params.id),
    );
    routes.get(
      '/slug/:slug',
      {
        summary: 'A published blog by its slug',
        params: SlugParam,
        data: PublicBlog,
        errors: { 404: 'blog not found' },
      },
      ({ params }) => this.#service.getPublishedBySlug(params.slug),
    );
  }
}
