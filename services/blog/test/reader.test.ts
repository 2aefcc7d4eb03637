import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { PrivateBlog } from '../src/blog/dto.ts';
import { expectOk } from './blog-client.ts';
import { type BlogFixture, eventually, openBlogFixture } from './blog-fixture.ts';
import { countOperations } from './operation-count.ts';

describe('reader', () => {
  let blogs: BlogFixture;
  before(async () => {
    blogs = await openBlogFixture();
  });
  after(() => blogs[Symbol.asyncDispose]());

  test('health answers', async () => {
    const { status, data } = await blogs.anyone.get<{ timestamp: string; status: string }>('/health/');
    assert.deepEqual([status, data.status], [200, 'OK']);
    assert.ok(Math.abs(Date.parse(data.timestamp) - Date.now()) < 5_000);
  });

  test('a published blog is the same by id, in any letter case, and by slug, cold and warm', async () => {
    const blog = await blogs.author.createPublished(blogs.editor, { slug: 'Über Blogs & %2F/x' });
    const cold = expectOk(await blogs.anyone.read(blog._id));
    const { publishedAt, ...rest } = cold.data;
    assert.equal(new Date(publishedAt).toISOString(), publishedAt);
    assert.equal(cold.message, 'success');
    const { _id, title, description, slug, imgUrl, score, tags, author, draftText } = blog;
    assert.equal(slug, 'ÜberBlogs&%2F-x');
    assert.deepEqual(rest, { _id, title, description, slug, imgUrl, score, tags, author, text: draftText });
    for (let i = 0; i < 2; i++) {
      assert.deepEqual(await blogs.anyone.read(_id.toUpperCase()), cold);
      assert.deepEqual(await blogs.anyone.readSlug(slug), cold);
    }
    assert.equal((await blogs.anyone.readSlug(slug.toLowerCase())).status, 404);
  });

  // On a machine so busy that Redis misses its 100 ms a read goes past the cache: such a round does not count.
  const busyMs = 20_000;

  /**
   * What is asked of the database and of the auth service, and how many answers were wrong, during `read` of a new blog. A
   * machine that is busy may refuse some of many readers.
   */
  async function countQuestions(read: (blog: PrivateBlog) => Promise<{ status: number }[]>): Promise<object> {
    const blog = await blogs.author.createPublished(blogs.editor);
    let answers: { status: number }[] = [];
    let outer = {};
    const inner = await countOperations('mongo', async () => {
      outer = await countOperations('nats.client', async () => {
        answers = await read(blog);
      });
    });
    const wrong = answers.filter(({ status }) => status !== 200 && status !== 503).length;
    return { ...inner, ...outer, ...(wrong > 0 && { wrong }) };
  }

  const is = (wanted: object) => (seen: object) => JSON.stringify(seen) === JSON.stringify(wanted);

  test('of five reads four ask neither the database nor the auth service', async () => {
    const readOften = async ({ _id }: PrivateBlog) => {
      const answers = [];
      for (let i = 0; i < 5; i++) answers.push(await blogs.anyone.read(_id));
      return answers;
    };
    // The first one had to ask for the author.
    await countQuestions(readOften);
    await eventually(() => countQuestions(readOften), is({ aggregate: 1 }), busyMs);
  });

  test('two hundred cold reads of one thing at once are one query', async () => {
    const count = (path: (blog: PrivateBlog) => string) => () =>
      countQuestions((blog) => Promise.all(Array.from({ length: 200 }, () => blogs.anyone.get(path(blog)))));
    await eventually(
      count(({ _id }) => `/id/${_id}`),
      is({ aggregate: 1 }),
      busyMs,
    );
    await eventually(
      count(({ slug }) => `/slug/${slug}`),
      is({ aggregate: 1 }),
      busyMs,
    );
    // Its title is looked up first.
    await eventually(
      count(({ _id }) => `/list/similar/id/${_id}`),
      is({ findOne: 1, find: 1 }),
      busyMs,
    );
  });

  test('drafts, unknown and malformed ids: 404 and 400, asked twice', async () => {
    const draft = await blogs.author.create();
    for (let i = 0; i < 2; i++) {
      const hidden = [await blogs.anyone.read(draft._id), await blogs.anyone.readSlug(draft.slug)];
      for (const { status, message } of hidden) assert.deepEqual([status, message], [404, 'blog not found']);
    }
    assert.equal((await blogs.anyone.read('nonsense')).message, 'id must be of length 24');
    assert.equal((await blogs.anyone.readSlug('ab')).message, 'slug must be at least 3 characters');
    await blogs.author.publish(draft._id, blogs.editor);
    expectOk(await blogs.anyone.read(draft._id));
    expectOk(await blogs.anyone.readSlug(draft.slug));
  });

  test('a blog outlives the account of its author', async () => {
    const { auth } = blogs.surroundings;
    const blog = await blogs.otherAuthor.createPublished(blogs.editor);
    const { user } = blogs.otherAuthor;
    auth.remove(user);
    const { data } = expectOk(await blogs.anyone.read(blog._id));
    assert.deepEqual(data.author, { _id: user.id, name: 'unknown' });
    auth.restore(user);
    // Who was known here once keeps the name.
    const next = await blogs.otherAuthor.createPublished(blogs.editor);
    const { author } = expectOk(await blogs.anyone.read(next._id)).data;
    auth.remove(user);
    const last = await blogs.otherAuthor.createPublished(blogs.editor);
    assert.deepEqual(expectOk(await blogs.anyone.read(last._id)).data.author, author);
    auth.restore(user);
  });

  test('latest: the newest first date, then the score; what is not published is not there', async () => {
    const first = await blogs.author.createPublished(blogs.editor);
    const second = await blogs.author.createPublished(blogs.editor);
    const draft = await blogs.author.create();
    expectOk(await blogs.author.put('/author', { _id: first._id, title: 'Changed later' }));
    const ids = async (query = '?limit=1000') =>
      (await blogs.anyone.list(`/list/latest${query}`)).data.map(({ _id }) => _id);
    assert.deepEqual((await ids()).slice(0, 2), [second._id, first._id]);
    assert.deepEqual(await ids('?page=2&limit=1'), [first._id]);
    assert.equal((await ids()).includes(draft._id), false);
    expectOk(await blogs.editor.put(`/editor/unpublish/id/${second._id}`));
    assert.equal((await ids())[0], first._id);
    const [item] = (await blogs.anyone.list('/list/latest?limit=1')).data;
    const names = ['_id', 'description', 'imgUrl', 'score', 'slug', 'tags', 'title'];
    assert.deepEqual(Object.keys(item ?? {}).sort(), names);
  });

  test('a tag is matched whole, in upper case only, with a slash when it has one', async () => {
    const blog = await blogs.author.createPublished(blogs.editor, { tags: ['C/C++', '100% PURE', 'ÄÖ'] });
    for (const tag of blog.tags) {
      const { data } = expectOk(await blogs.anyone.list(`/list/tag/${encodeURIComponent(tag)}`));
      assert.deepEqual(
        data.map(({ _id }) => _id),
        [blog._id],
        tag,
      );
    }
    assert.deepEqual((await blogs.anyone.list('/list/tag/C')).data, []);
    for (const tag of ['go', 'Go', 'äö']) {
      const refused = await blogs.anyone.list(`/list/tag/${encodeURIComponent(tag)}`);
      assert.deepEqual([refused.status, refused.message], [400, 'tag must be uppercase']);
    }
    assert.equal((await blogs.anyone.list(`/list/tag/${'X'.repeat(51)}`)).status, 400);
  });
});

describe('similar blogs', () => {
  let blogs: BlogFixture;
  before(async () => {
    blogs = await openBlogFixture();
  });
  after(() => blogs[Symbol.asyncDispose]());

  const similar = async (id: string) =>
    expectOk(await blogs.anyone.list(`/list/similar/id/${id}`)).data.map(({ title }) => title);
  const write = (title: string, description = 'nothing to see') =>
    blogs.author.createPublished(blogs.editor, { title, description });

  test('others that share words, best first, at most six, the title before the description', async () => {
    const blog = await write('Zebras crossing rivers');
    await write('A zebra at rest');
    await write('Rivers that zebras are crossing');
    await write('Of lions', 'they hunt a zebra');
    await write('Of elephants');
    assert.deepEqual(await similar(blog._id), [
      'Rivers that zebras are crossing',
      'A zebra at rest',
      'Of lions',
    ]);
    for (let i = 0; i < 6; i++) await write(`River number ${i}`);
    assert.equal((await similar(blog._id)).length, 6);
  });

  test('the title is plain words, never query syntax', async () => {
    const quoted = await write('"Giraffes" -acacia leaves');
    await write('Tall giraffes');
    await write('The acacia');
    assert.deepEqual((await similar(quoted._id)).sort(), ['Tall giraffes', 'The acacia']);
    const signs = await write('--- "" !!');
    assert.deepEqual(await similar(signs._id), []);
  });

  test('404 when the blog itself is not published, warm or cold', async () => {
    const blog = await write('Hippos');
    const draft = await blogs.author.create();
    assert.equal((await blogs.anyone.list(`/list/similar/id/${draft._id}`)).status, 404);
    assert.deepEqual(await similar(blog._id), []);
    expectOk(await blogs.editor.put(`/editor/unpublish/id/${blog._id}`));
    assert.equal((await blogs.anyone.list(`/list/similar/id/${blog._id}`)).status, 404);
    assert.equal((await blogs.anyone.list('/list/similar/id/xyz')).message, 'id must be of length 24');
  });

  test('a list shows at once that another blog appears, changes or goes', async () => {
    const blog = await write('Okapi watching');
    assert.deepEqual(await similar(blog._id), []);
    const other = await write('Okapi feeding');
    assert.deepEqual(await similar(blog._id), ['Okapi feeding']);
    expectOk(await blogs.author.put('/author', { _id: other._id, title: 'Okapi sleeping' }));
    assert.deepEqual(await similar(blog._id), ['Okapi sleeping']);
    expectOk(await blogs.author.call('DELETE', `/author/id/${other._id}`));
    assert.deepEqual(await similar(blog._id), []);
  });
});
