import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RoleCode } from '@tsmicro/contracts-auth';
import { BlogClient } from './blog-client.ts';
import { type BlogFixture, eventually, openBlogFixture } from './blog-fixture.ts';

const anId = '0123456789abcdef01234567';
const protectedCalls: readonly [string, string][] = [
  ['POST', '/author'],
  ['PUT', '/author'],
  ['GET', `/author/id/${anId}`],
  ['DELETE', `/author/id/${anId}`],
  ['PUT', `/author/submit/id/${anId}`],
  ['PUT', `/author/withdraw/id/${anId}`],
  ['GET', '/author/drafts'],
  ['GET', '/author/submitted'],
  ['GET', '/author/published'],
  ['GET', `/editor/id/${anId}`],
  ['PUT', `/editor/publish/id/${anId}`],
  ['PUT', `/editor/unpublish/id/${anId}`],
  ['GET', '/editor/submitted'],
  ['GET', '/editor/published'],
];

describe('who may pass', () => {
  let blogs: BlogFixture;
  before(async () => {
    blogs = await openBlogFixture();
  });
  after(() => blogs[Symbol.asyncDispose]());

  test('without an authorization header every protected call is a 401, and nobody is asked', async () => {
    const { asked } = blogs.surroundings.auth;
    const before = { ...asked };
    for (const [method, path] of protectedCalls) {
      const { status, message } = await blogs.anyone.call(method, path);
      assert.deepEqual([status, message], [401, 'authorization header is missing'], `${method} ${path}`);
    }
    assert.deepEqual(asked, before);
  });

  test("the auth service's refusals are shown without their prefix", async () => {
    const { server, surroundings, learner } = blogs;
    const user = { id: '', name: '', email: '' };
    const stranger = new BlogClient(server.address, { authorization: 'Bearer nonsense', user });
    const admin = new BlogClient(server.address, surroundings.auth.add('adam', RoleCode.Admin));
    for (const [method, path] of protectedCalls) {
      const unknown = await stranger.call(method, path);
      assert.deepEqual([unknown.status, unknown.message], [401, 'token is invalid'], `${method} ${path}`);
      for (const client of [learner, admin]) {
        const refused = await client.call(method, path);
        assert.deepEqual(
          [refused.status, refused.message],
          [403, 'permission denied: role is missing'],
          `${method} ${path}`,
        );
      }
    }
  });

  test('an author is no editor, and an editor no author', async () => {
    for (const [method, path] of protectedCalls) {
      const client = path.startsWith('/author') ? blogs.editor : blogs.author;
      assert.equal((await client.call(method, path)).status, 403, `${method} ${path}`);
    }
  });

  test('who may not pass hears nothing of the mistakes in the request, not even of unreadable JSON', async () => {
    assert.equal((await blogs.anyone.call('POST', '/author', '{')).status, 401);
    assert.equal((await blogs.learner.call('POST', '/author', '{')).status, 403);
    assert.equal((await blogs.author.call('POST', '/author', '{')).status, 400);
    assert.equal((await blogs.learner.get('/editor/id/x')).status, 403);
  });
});

describe('with the auth service hanging or away', () => {
  let blogs: BlogFixture;
  before(async () => {
    blogs = await openBlogFixture();
  });
  after(() => blogs[Symbol.asyncDispose]());

  test('a fault never looks like a denial: 504 while it hangs, 503 at once when it is away', async () => {
    const { auth } = blogs.surroundings;
    const warm = await blogs.author.createPublished(blogs.editor);
    const cold = await blogs.author.createPublished(blogs.editor);
    assert.equal((await blogs.anyone.read(warm._id)).status, 200);

    const strangerToBlog = () => new BlogClient(blogs.server.address, auth.add('nora', RoleCode.Author));
    const hang = Promise.withResolvers<void>();
    auth.pause = hang.promise;
    const began = performance.now();
    const hanging = await Promise.all([
      strangerToBlog().get('/author/drafts'),
      strangerToBlog().put(`/editor/publish/id/${anId}`),
    ]);
    for (const { status } of hanging) assert.equal(status, 504);
    assert.ok(performance.now() - began < 2_500);
    // Their authors are known here.
    assert.equal((await blogs.anyone.read(warm._id)).status, 200);
    assert.equal((await blogs.anyone.read(cold._id)).status, 200);
    hang.resolve();

    await auth.close();
    const gone = performance.now();
    const away = await Promise.all([
      strangerToBlog().get('/author/drafts'),
      strangerToBlog().put(`/editor/publish/id/${anId}`),
    ]);
    for (const { status } of away) assert.equal(status, 503);
    assert.ok(performance.now() - gone < 500);
    // What was decided before is not used for long either.
    await eventually(
      () => blogs.author.get('/author/drafts'),
      ({ status }) => status === 503,
      1_500,
    );
    assert.equal((await blogs.anyone.read(warm._id)).status, 200);
    assert.equal((await blogs.anyone.get('/author/drafts')).status, 401);
  });
});
