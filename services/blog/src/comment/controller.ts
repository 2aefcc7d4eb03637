import { RoleCode } from '@tsmicro/contracts-auth';
import { MongoIdParam } from '@tsmicro/dto';
import { Controller } from '@tsmicro/micro';
import type { GuardProviders, Routes } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { currentCaller, currentUser } from '../identity/guard.ts';
import { Comment, CommentQuery, CreateComment, EditComment } from './dto.ts';
import { createSight, seesHidden } from './guard.ts';
import type { CommentService } from './service.ts';

const blogAbsent = { 404: 'blog not found' };
const absent = { 404: 'comment not found' };

/** Comments on blogs: for everybody to read, for users to write, for editors to moderate. */
export class CommentController extends Controller {
  readonly #service: CommentService;

  constructor(service: CommentService, providers: GuardProviders) {
    super('/', providers);
    this.#service = service;
  }

  mountRoutes(routes: Routes): void {
    const sight = createSight(this.authentication(), this.authorization(RoleCode.Editor));
    const listing = {
      summary: 'Comments on a blog, or replies to one of them; with the token of an editor also hidden ones',
      guards: [sight],
      params: MongoIdParam,
      query: CommentQuery,
      data: Type.Array(Comment),
      errors: { ...blogAbsent, 401: 'a token is shown, and it is not good' },
    };
    routes.get('/comments/blog/:id', listing, ({ params, query, context }) =>
      this.#service.list(params.id, query, context.get(seesHidden)),
    );
    const one = { guards: [this.authentication()], params: MongoIdParam };
    const writing = { ...one, body: CreateComment, data: Comment };
    routes.post(
      '/comments/blog/:id',
      {
        ...writing,
        summary: 'Comment on a blog, or answer a comment on it',
        errors: { ...blogAbsent, 400: 'a reply cannot be replied to' },
      },
      ({ params, body, context }) => this.#service.create(params.id, body, context.get(currentUser)),
    );
    const others = { ...absent, 403: "another's comment" };
    routes.put(
      '/comments/id/:id',
      { ...one, summary: 'Change one of my comments', body: EditComment, data: Comment, errors: others },
      ({ params, body, context }) => this.#service.edit(params.id, body.text, context.get(currentUser)),
    );
    routes.delete(
      '/comments/id/:id',
      { ...one, summary: 'Delete one of my comments, or as an editor any', errors: others },
      ({ params, context }) => this.#service.delete(params.id, context.get(currentCaller)),
    );
    this.#mountModeration(routes);
  }

  #mountModeration(routes: Routes): void {
    const guards = [this.authentication(), this.authorization(RoleCode.Editor)];
    const one = { guards, params: MongoIdParam, errors: absent };
    routes.put('/editor/comments/hide/id/:id', { ...one, summary: 'Hide a comment' }, ({ params }) =>
      this.#service.setHidden(params.id, true),
    );
    routes.put('/editor/comments/unhide/id/:id', { ...one, summary: 'Show a hidden comment' }, ({ params }) =>
      this.#service.setHidden(params.id, false),
    );
  }
}
