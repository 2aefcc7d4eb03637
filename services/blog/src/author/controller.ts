import { RoleCode } from '@tsmicro/contracts-auth';
import { MongoIdParam, Pagination } from '@tsmicro/dto';
import { Controller } from '@tsmicro/micro';
import { type GuardProviders, type Routes, reply } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { ItemBlog, PrivateBlog } from '../blog/dto.ts';
import { currentUser } from '../identity/guard.ts';
import { CreateBlog, UpdateBlog } from './dto.ts';
import type { AuthorService, Shelf } from './service.ts';

const absent = { 404: 'blog not found' };
const slugTaken = 'Blog with slug: S already exists';

/** An author's own blogs. */
export class AuthorController extends Controller {
  readonly #service: AuthorService;

  constructor(service: AuthorService, providers: GuardProviders) {
    super('/author', providers);
    this.#service = service;
  }

  mountRoutes(routes: Routes): void {
    const guards = [this.authentication(), this.authorization(RoleCode.Author)];
    routes.post(
      '/',
      {
        summary: 'Write a new draft',
        guards,
        body: CreateBlog,
        data: PrivateBlog,
        errors: { 400: slugTaken },
      },
      async ({ body, context }) =>
        reply('blog created successfully', await this.#service.create(body, context.get(currentUser))),
    );
    routes.put(
      '/',
      {
        summary: 'Change a blog',
        guards,
        body: UpdateBlog,
        data: PrivateBlog,
        errors: { 400: slugTaken, ...absent },
      },
      async ({ body, context }) =>
        reply('blog updated successfully', await this.#service.update(body, context.get(currentUser))),
    );
    const one = { guards, params: MongoIdParam, errors: absent };
    routes.get('/id/:id', { ...one, summary: 'One of my blogs', data: PrivateBlog }, ({ params, context }) =>
      this.#service.get(params.id, context.get(currentUser)),
    );
    routes.delete('/id/:id', { ...one, summary: 'Delete a blog' }, async ({ params, context }) => {
      await this.#service.delete(params.id, context.get(currentUser));
      return reply('blog deleted successfully');
    });
    const nothingNew = { 400: 'blog is published and its draft has nothing new' };
    const submission = { ...one, summary: 'Hand a draft in', errors: { ...nothingNew, ...absent } };
    routes.put('/submit/id/:id', submission, async ({ params, context }) => {
      await this.#service.submit(params.id, context.get(currentUser));
      return reply('blog submitted successfully');
    });
    routes.put('/withdraw/id/:id', { ...one, summary: 'Take a draft back' }, async ({ params, context }) => {
      await this.#service.withdraw(params.id, context.get(currentUser));
      return reply('blog withdrawn successfully');
    });
    const shelves: Readonly<Record<string, Shelf>> = {
      '/drafts': 'drafted',
      '/submitted': 'submitted',
      '/published': 'published',
    };
    for (const [path, shelf] of Object.entries(shelves)) {
      const list = { guards, query: Pagination, data: Type.Array(ItemBlog) };
      routes.get(path, { ...list, summary: `My ${shelf} blogs` }, ({ query, context }) =>
        this.#service.list(context.get(currentUser), shelf, query),
      );
    }
  }
}
