import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Controller,
  createRouter,
  type JsonObject,
  type Routes,
  SchemaBook,
  serveDocument,
  toOpenApi,
} from '@tsmicro/network';
import { type TSchema, Type } from '@tsmicro/schema';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { compileValidator } from '../src/validation.ts';

const Book = Type.Object(
  { title: Type.String({ notBlank: true, maxLength: 10 }), pages: Type.Optional(Type.Integer()) },
  { title: 'Book' },
);
const Page = Type.Object({ page: Type.Integer({ minimum: 1, default: 1 }), author: Type.String() });
const Id = Type.Object({ id: Type.String({ format: 'mongo-id' }) });

class Books extends Controller {
  constructor() {
    super('/books', { authentication: () => () => {}, authorization: () => () => {} });
  }

  mountRoutes(routes: Routes): void {
    const signedIn = this.authentication();
    routes.put(
      '/id/:id',
      { params: Id, body: Book, guards: [signedIn, this.authorization('WRITER', 'EDITOR')] },
      () => undefined,
    );
    routes.get(
      '/id/:id',
      { params: Id, data: Book, summary: 'A book', errors: { 404: 'no such book' } },
      () => ({ title: 'x' }),
    );
    routes.get('/', { query: Page, data: Type.Array(Book), guards: [signedIn] }, () => []);
    routes.get('/keys', { plain: true, data: Type.Object({ keys: Type.Array(Type.String()) }) }, () => ({
      keys: [],
    }));
  }
}

/** A value deep in a document, whatever is on the way. */
function at(document: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], document);
}

function describeBooks(): JsonObject {
  const router = createRouter();
  router.loadControllers([new Books()]);
  return toOpenApi({ title: 'shop', version: '1.2.3', description: 'Books', routes: router.describe() });
}

const get = (...path: (string | number)[]) => at(describeBooks(), 'paths', '/books/id/{id}', 'get', ...path);
const put = (...path: (string | number)[]) => at(describeBooks(), 'paths', '/books/id/{id}', 'put', ...path);
const list = (...path: (string | number)[]) => at(describeBooks(), 'paths', '/books', 'get', ...path);

test('openapi: a route is found below its template, with a name, a feature and its summary', () => {
  assert.equal(get('operationId'), 'getBooksById');
  assert.deepEqual(get('tags'), ['books']);
  assert.equal(get('summary'), 'A book');
  assert.deepEqual(at(describeBooks(), 'info', 'version'), '1.2.3');
});

test('openapi: the answer stands in the envelope, with its data by reference; a plain one does not', () => {
  const data = { $ref: '#/components/schemas/Book' };
  const schema = get('responses', 200, 'content', 'application/json', 'schema');
  assert.deepEqual(at(schema, 'properties', 'data'), data);
  assert.deepEqual(at(schema, 'properties', 'code'), { const: '10000' });
  assert.deepEqual(at(schema, 'required'), ['code', 'status', 'message', 'data']);
  assert.deepEqual(put('responses', 200, 'content', 'application/json', 'schema'), {
    $ref: '#/components/schemas/Success',
  });
  const plain = at(
    describeBooks(),
    'paths',
    '/books/keys',
    'get',
    'responses',
    200,
    'content',
    'application/json',
    'schema',
  );
  assert.deepEqual(at(plain, 'required'), ['keys']);
});

test('openapi: what has a default may be left out of a query, what has none may not', () => {
  const [page, author] = list('parameters') as JsonObject[];
  assert.deepEqual(page, { name: 'page', in: 'query', schema: { type: 'integer', minimum: 1, default: 1 } });
  assert.deepEqual(author, { name: 'author', in: 'query', required: true, schema: { type: 'string' } });
});

test('openapi: every failure that can happen is named, and no other', () => {
  const statuses = (responses: unknown) => Object.keys(responses as object).map(Number);
  assert.deepEqual(statuses(get('responses')), [200, 400, 404, 414, 500, 503, 504]);
  assert.deepEqual(statuses(put('responses')), [200, 400, 401, 403, 413, 414, 415, 500, 503, 504]);
  assert.deepEqual(statuses(list('responses')), [200, 400, 401, 414, 500, 503, 504]);
  assert.equal(get('responses', 404, 'description'), 'no such book');
  const away = at(describeBooks(), 'components', 'responses', 'ServiceUnavailable');
  assert.deepEqual(Object.keys(at(away, 'headers') as object), ['x-request-id', 'retry-after']);
});

test('openapi: any one of the roles suffices, being signed in is enough without roles, and open is open', () => {
  assert.deepEqual(put('security'), [{ bearer: ['WRITER'] }, { bearer: ['EDITOR'] }]);
  assert.deepEqual(list('security'), [{ bearer: [] }]);
  assert.deepEqual(get('security'), []);
});

test('openapi: who sends an object may leave out what has a default, who gets it always finds it', () => {
  const schema = Type.Object({ size: Type.Integer({ default: 1 }), name: Type.String() });
  const required = (direction: 'taken' | 'given') => new SchemaBook().write(schema, direction).required;
  assert.deepEqual(required('taken'), ['name']);
  assert.deepEqual(required('given'), ['size', 'name']);
});

test('openapi: two schemas of one name both keep their shape', () => {
  const book = new SchemaBook();
  const first = book.write(Type.Object({ a: Type.String() }, { title: 'Thing' }), 'given');
  const second = book.write(Type.Object({ b: Type.String() }, { title: 'Thing' }), 'given');
  const again = book.write(Type.Object({ a: Type.String() }, { title: 'Thing' }), 'given');
  assert.deepEqual(
    [first, second],
    [{ $ref: '#/components/schemas/Thing' }, { $ref: '#/components/schemas/Thing2' }],
  );
  assert.deepEqual(again, first);
  assert.deepEqual(Object.keys(book.components()), ['Thing', 'Thing2']);
});

test('openapi: a standard validator takes all that the service takes, and refuses what each keyword is there for', () => {
  const cases: [schema: TSchema, taken: string[], refused: string[]][] = [
    [Type.String({ notBlank: true }), ['a', ' a ', 'ß'], ['', ' ', '\t\n', '\u00a0']],
    [Type.String({ isUppercase: true }), ['', 'A/B 1', 'ÄÖ', 'Σ'], ['a', 'Ab']],
    [
      Type.String({ format: 'mongo-id' }),
      ['0123456789abcdefABCDEF01'],
      ['', '0123456789abcdef0123456', 'g'.repeat(24)],
    ],
    [
      Type.String({ format: 'http-url' }),
      ['http://a', 'HTTPS://b.c/d?e#f'],
      ['', 'ftp://a', '/a', 'javascript:alert(1)'],
    ],
    [
      Type.String({ format: 'http-url-or-path' }),
      ['/img/1.png', 'https://a.b/'],
      ['//evil.example', 'img.png', ''],
    ],
    [Type.String({ notBlank: true, pattern: '^x*$', isUppercase: true }), [], ['', 'y', 'x']],
  ];
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  for (const [schema, taken, refused] of cases) {
    const standard = ajv.compile(new SchemaBook().write(schema, 'taken'));
    const own = compileValidator(schema);
    for (const text of taken)
      assert.deepEqual([standard(text), own(text)], [true, []], `${JSON.stringify(schema)}: ${text}`);
    for (const text of refused) {
      assert.equal(standard(text), false, `${JSON.stringify(schema)}: ${text}`);
      assert.notEqual(own(text).length, 0);
    }
  }
});

test('openapi: a keyword that a pattern cannot hold stays as an extension', () => {
  const book = new SchemaBook();
  assert.deepEqual(book.write(Type.String({ isUppercase: true }), 'taken'), {
    type: 'string',
    pattern: '^[^a-z]*$',
    'x-isUppercase': true,
  });
  assert.deepEqual(book.write(Type.String({ format: 'isbn' }), 'taken'), {
    type: 'string',
    'x-format': 'isbn',
  });
  assert.deepEqual(book.write(Type.String({ format: 'uuid' }), 'taken'), { type: 'string', format: 'uuid' });
});

test('openapi: a served document is written once, when first asked for, and not sent again to who has it', async (t) => {
  const router = createRouter();
  let written = 0;
  serveDocument(router, '/openapi.json', () => ({ written: ++written }));
  const url = `${await router.start({ host: '127.0.0.1', port: 0 })}/openapi.json`;
  t.after(() => router.close());
  assert.equal(written, 0);
  const first = await fetch(url, { headers: { 'x-request-id': 'mine' } });
  assert.equal(first.headers.get('x-request-id'), 'mine');
  assert.equal(first.headers.get('x-content-type-options'), 'nosniff');
  assert.match(first.headers.get('content-type') ?? '', /^application\/json/);
  assert.deepEqual(await first.json(), { written: 1 });
  const etag = first.headers.get('etag') ?? '';
  const second = await fetch(url, { headers: { 'if-none-match': `"other", W/${etag}` } });
  assert.equal(second.status, 304);
  assert.equal(await second.text(), '');
  assert.deepEqual(await (await fetch(url, { headers: { 'if-none-match': '"other"' } })).json(), {
    written: 1,
  });
  assert.equal((await fetch(url, { method: 'HEAD' })).status, 200);
});
