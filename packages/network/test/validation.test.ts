import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { compileValidator } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { ask, openShop, type Shop } from './bookshelf.ts';

let shop: Shop;
before(async () => {
  shop = await openShop();
});
after(() => shop.router.close());

const refusals: [body: unknown, message: string][] = [
  [{}, 'title is required, tags is required'],
  [undefined, 'title is required, tags is required'],
  ['null', 'title is required, tags is required'],
  ['[]', 'body is invalid'],
  ['"text"', 'body is invalid'],
  [{ title: '   ', tags: ['A'] }, 'title is required'],
  [{ title: '', tags: ['A'] }, 'title is required'],
  [{ title: null, tags: ['A'] }, 'title is required'],
  [{ title: 'ab', tags: ['A'] }, 'title must be at least 3 characters'],
  [{ title: 'abcdefghijk', tags: ['A'] }, 'title must be at most 10 characters'],
  [{ title: { $ne: null }, tags: ['A'] }, 'title is invalid'],
  [{ title: 'a\0bc', tags: ['A'] }, 'title is invalid'],
  ['{"title":"a\\ud800bc","tags":["A"]}', 'title is invalid'],
  [{ title: 'abc', tags: [] }, 'tags is invalid'],
  [{ title: 'abc', tags: 'A' }, 'tags is invalid'],
  [{ title: 'abc', tags: ['A', 'b'] }, 'tags[1] must be uppercase'],
  [{ title: 'abc', tags: ['A'], email: 'x' }, 'email is not a valid email'],
  [{ title: 'abc', tags: ['A'], isbn: '1' }, 'isbn is not a valid ISBN'],
  [{ title: 'abc', tags: ['A'], pages: 0 }, 'pages must be min 1'],
  [{ title: 'abc', tags: ['A'], pages: 10_000 }, 'pages must be max 9999'],
  [{ title: 'abc', tags: ['A'], pages: '7' }, 'pages is invalid'],
  [
    { title: 'a', tags: ['A'], email: 'x', pages: 0 },
    'title must be at least 3 characters, email is not a valid email, pages must be min 1',
  ],
];

test('validation: every bad field is named in the words of the contract, in the order of the schema', async () => {
  for (const [body, message] of refusals) {
    const answer = await ask(shop, 'POST', '/books', body);
    assert.equal(answer.status, 400, JSON.stringify(body));
    assert.equal(answer.body.message, message);
  }
  assert.deepEqual(shop.handled, []);
});

test('validation: lengths count code points, not UTF-16 units', async () => {
  const title = '🌍'.repeat(10);
  const { body } = await ask(shop, 'POST', '/books', { title, tags: ['A'] });
  assert.deepEqual(body.data, { title, tags: ['A'] });
});

test('validation: where nothing is required, no body at all is one without fields', async () => {
  for (const body of [undefined, 'null', {}, { page: null }]) {
    assert.deepEqual((await ask(shop, 'PUT', '/books/mark', body)).body.data, { page: 1 });
  }
});

test('validation: unknown fields are ignored, nulls are absent, and neither is handed on', async () => {
  const body =
    '{"title":"abc","tags":["A"],"pages":null,"extra":{"$gt":1},"__proto__":{"admin":true},"constructor":1}';
  const answer = await ask(shop, 'POST', '/books', body);
  assert.deepEqual(answer.body.data, { title: 'abc', tags: ['A'] });
  const handled = shop.handled.at(-1) as object;
  assert.deepEqual(Object.keys(handled), ['title', 'tags']);
  assert.equal(Object.getPrototypeOf(handled), Object.prototype);
});

test('validation: a query has numbers and defaults; what is no number is refused', async () => {
  assert.deepEqual((await ask(shop, 'GET', '/books')).body.data, { page: 1 });
  assert.deepEqual((await ask(shop, 'GET', '/books?page=7')).body.data, { page: 7 });
  for (const [query, message] of [
    ['page=0', 'page must be min 1'],
    ['page=1001', 'page must be max 1000'],
    ['page=x', 'page is invalid'],
    ['page=1&page=2', 'page is invalid'],
    ['page[$gt]=1', undefined],
  ] as const) {
    const { status, body } = await ask(shop, 'GET', `/books?${query}`);
    assert.equal(status, message === undefined ? 200 : 400, query);
    if (message !== undefined) assert.equal(body.message, message);
  }
});

test('validation: an id says what is wrong with it', async () => {
  assert.equal((await ask(shop, 'GET', '/books/id/abc')).body.message, 'id must be of length 24');
  assert.equal((await ask(shop, 'GET', '/books/id/zzzzzzzzzzzzzzzzzzzzzzzz')).body.message, 'id is invalid');
});

test('body: what is no JSON is a 400, too deep is a 400, too large a 413, another type a 415', async () => {
  for (const [body, status] of [
    ['{"title":', 400],
    ['{"title":"\ud800"}x', 400],
    [`${'['.repeat(33)}${']'.repeat(33)}`, 400],
    [`{"title":"${'x'.repeat(1024 * 1024)}"}`, 413],
  ] as const) {
    const answer = await ask(shop, 'POST', '/books', body);
    assert.equal(answer.status, status);
    assert.equal(answer.body.code, '10001');
  }
  const declared = async (type: string) =>
    (await ask(shop, 'POST', '/books', { title: 'abc', tags: ['A'] }, { 'content-type': type })).status;
  assert.equal(await declared('text/plain'), 415);
  assert.equal(await declared('application/x-www-form-urlencoded'), 415);
  assert.equal(await declared('application/json; charset=utf-8'), 200);
  assert.equal(await declared('application/vnd.api+json'), 200);
});

test('body: a million bad items are one short answer, at once', async () => {
  const startedAt = performance.now();
  const answer = await ask(shop, 'POST', '/books', `{"title":"abc","tags":[${'1,'.repeat(500_000)}1]}`);
  assert.equal(answer.status, 400);
  const many = await ask(shop, 'POST', '/books', { title: 'abc', tags: Array(10_000).fill(1) });
  assert.equal(many.status, 400);
  assert.ok(many.body.message.length < 5_000);
  assert.ok(performance.now() - startedAt < 1_000);
});

test('body: without a declared type it counts as JSON', async () => {
  const response = await fetch(`${shop.address}/books`, {
    method: 'POST',
    body: new Uint8Array(Buffer.from('{"title":"abc","tags":["A"]}')),
  });
  assert.equal(response.status, 200);
});

test('validation: objects in allOf, anyOf or oneOf are refused when a schema is compiled', () => {
  const part = Type.Object({ a: Type.String() });
  for (const keyword of ['allOf', 'anyOf', 'oneOf']) {
    assert.throws(() => compileValidator({ [keyword]: [part] }), { name: 'TypeError' });
    const nested = Type.Object({ inner: Type.Array({ [keyword]: [part] }) });
    assert.throws(() => compileValidator(nested), { name: 'TypeError' });
  }
  assert.deepEqual(
    compileValidator(Type.Object({ a: Type.Union([Type.String(), Type.Integer()]) }))({ a: 1 }),
    [],
  );
});
