import {
  badRequest,
  Controller,
  createContextKey,
  createRouter,
  JsonData,
  notFound,
  type Router,
  type Routes,
  reply,
} from '@tsmicro/network';
import { Type } from '@tsmicro/schema';

const Book = Type.Object({
  title: Type.String({ notBlank: true, minLength: 3, maxLength: 10 }),
  isbn: Type.Optional(Type.String({ format: 'isbn' })),
  email: Type.Optional(Type.String({ format: 'email' })),
  tags: Type.Array(Type.String({ isUppercase: true }), { minItems: 1, maxItems: 3 }),
  pages: Type.Optional(Type.Integer({ minimum: 1, maximum: 9_999 })),
});
const Query = Type.Object({ page: Type.Integer({ minimum: 1, maximum: 1_000, default: 1 }) });
const Id = Type.Object({ id: Type.String({ format: 'mongo-id' }) });
const Mark = Type.Object({ page: Type.Optional(Type.Integer()) });
const Caller = Type.Object({ caller: Type.String() });

const callerKey = createContextKey<string>('caller');

/** A feature with every kind of route, for the tests of what a router promises. */
class Bookshelf extends Controller {
  readonly handled: unknown[] = [];

  constructor() {
    super('/books', {
      authentication: () => (request) => {
        if (request.headers.authorization === undefined) throw badRequest('who are you?');
        request.context.set(callerKey, request.headers.authorization);
      },
    });
  }

  mountRoutes(routes: Routes): void {
    routes.get('/', { query: Query, data: Query }, ({ query }) => query);
    routes.get('/id/:id', { params: Id, data: Id }, ({ params }) => ({ ...params, secret: 'stays here' }));
    routes.post('/', { body: Book, data: Book }, ({ body }) => {
      this.handled.push(body);
      return reply('book added', body);
    });
    routes.put('/guarded', { guards: [this.authentication()], body: Book, data: Caller }, ({ context }) => ({
      caller: context.get(callerKey),
    }));
    routes.put('/mark', { body: Mark, data: Mark }, ({ body }) => ({ page: body.page ?? 1 }));
    routes.get('/forgotten', { data: Caller }, ({ context }) => ({ caller: context.get(callerKey) }));
    routes.delete('/', {}, () => reply('all gone'));
    routes.get('/kept', { data: Caller }, () => new JsonData<{ caller: string }>('{"caller":"kept"}'));
    routes.get('/lost', {}, () => {
      throw notFound('no such book');
    });
    routes.get('/broken', {}, () => {
      throw new Error('password=hunter2');
    });
    routes.get('/away', {}, () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { fault: 'unavailable' });
    });
    routes.get('/plain', { plain: true, data: Type.Object({ keys: Type.Array(Type.String()) }) }, () => ({
      keys: [],
    }));
  }
}

/** A listening router with a {@link Bookshelf}. */
export interface Shop extends AsyncDisposable {
  address: string;
  router: Router;
  handled: unknown[];
}

/** Opens a shop on a free port of the loopback. */
export async function openShop(): Promise<Shop> {
  const router = createRouter();
  const shelf = new Bookshelf();
  router.registerValidationParsers([
    { format: 'isbn', check: (text) => /^\d{13}$/.test(text), message: 'is not a valid ISBN' },
  ]);
  router.loadControllers([shelf]);
  const address = await router.start({ host: '127.0.0.1', port: 0 });
  return { address, router, handled: shelf.handled, [Symbol.asyncDispose]: () => router.close() };
}

/** The parts of an answer that the contract speaks of. */
export interface Answer {
  status: number;
  headers: Headers;
  body: { code: string; status: number; message: string; data?: unknown; requestId?: string };
}

/** One request; a string body is sent as it is, anything else as JSON. */
export async function ask(
  shop: Shop,
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
): Promise<Answer> {
  const response = await fetch(`${shop.address}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Answer['body'],
  };
}
