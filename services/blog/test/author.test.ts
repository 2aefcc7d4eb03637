import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { PrivateBlog } from '../src/blog/dto.ts';
import { createDraft, expectOk } from './blog-client.ts';
import { type BlogFixture, openBlogFixture } from './blog-fixture.ts';

describe('author', () => {
  let blogs: BlogFixture;
  before(async () => {
    blogs = await openBlogFixture();
  });
  after(() => blogs[Symbol.asyncDispose]());

  test('a new blog comes back whole, as a draft of score 0.01 with its author', async () => {
    const draft = createDraft({ slug: 'A new/blog here?', imgUrl: '/img/1.png' });
    const answer = await blogs.author.call<PrivateBlog>('POST', '/author', draft);
    assert.equal(answer.code, '10000');
    assert.equal(answer.message, 'blog created successfully');
    const { _id, createdAt, updatedAt, ...rest } = answer.data;
    assert.match(_id, /^[0-9a-f]{24}$/);
    assert.equal(createdAt, updatedAt);
    assert.equal(new Date(createdAt).toISOString(), createdAt);
    const { user } = blogs.author;
    assert.deepEqual(rest, {
      ...draft,
      slug: 'Anew-bloghere',
      author: { _id: user.id, name: 'ann', profilePicUrl: 'https://example.com/ann' },
      score: 0.01,
      submitted: false,
      drafted: true,
      published: false,
    });
    assert.deepEqual((await blogs.author.get(`/author/id/${_id}`)).data, answer.data);
  });

  test('every field of a new blog is required, and each bad one is named in one message', async () => {
    const empty = await blogs.author.call('POST', '/author', {});
    assert.equal(empty.status, 400);
    assert.equal(
      empty.message,
      ['title', 'description', 'draftText', 'slug', 'imgUrl', 'tags']
        .map((name) => `${name} is required`)
        .join(', '),
    );
    const wrong = await blogs.author.call('POST', '/author', {
      title: 'ab',
      description: 'x'.repeat(2_001),
      draftText: '  ',
      slug: 's'.repeat(201),
      imgUrl: 'javascript:alert(1)',
      tags: ['go', 'G'.repeat(51)],
    });
    assert.equal(wrong.status, 400);
    assert.equal(
      wrong.message,
      'title must be at least 3 characters, description must be at most 2000 characters, draftText is required, ' +
        'slug must be at most 200 characters, imgUrl is not a valid URL, tags[0] must be uppercase, ' +
        'tags[1] must be at most 50 characters',
    );
  });

  test('lengths count code points, and the bounds themselves are allowed', async () => {
    const blog = await blogs.author.create({
      title: '😀'.repeat(500),
      draftText: '😀'.repeat(50_000),
      tags: Array.from({ length: 50 }, (_, i) => `TAG ${i}`),
    });
    assert.equal(blog.title, '😀'.repeat(500));
    for (const draft of [
      { title: '😀'.repeat(501) },
      { draftText: 'x'.repeat(50_001) },
      { tags: [] },
      { tags: Array.from({ length: 51 }, (_, i) => `TAG ${i}`) },
      { imgUrl: `/${'x'.repeat(200)}` },
      { imgUrl: '//example.com/1.png' },
    ]) {
      const refused = await blogs.author.call('POST', '/author', createDraft(draft));
      assert.equal(refused.status, 400, JSON.stringify(draft).slice(0, 40));
      assert.match(refused.message, new RegExp(`^${Object.keys(draft)[0]}`));
    }
  });

  test('a slug must be long enough before and after characters are dropped', async () => {
    for (const slug of ['ab', 'a b?', '? ? ?']) {
      const refused = await blogs.author.call('POST', '/author', createDraft({ slug }));
      assert.equal(refused.status, 400);
      assert.match(refused.message, /^slug (must be at least 3 characters|is required)$/);
    }
  });

  test('a slug or tag that cannot stand in a path is refused, and nothing hides it', async () => {
    for (const slug of ['back\\slash', 'a\tb c', 'new\nline', 'del\x7fete']) {
      const refused = await blogs.author.call('POST', '/author', createDraft({ slug }));
      assert.deepEqual([refused.status, refused.message], [400, 'slug is invalid'], JSON.stringify(slug));
    }
    for (const tag of ['A\\B', 'A\tB', '.', '..', 'A/..', '../A', 'A/./B']) {
      const refused = await blogs.author.call('POST', '/author', createDraft({ tags: ['OK', tag] }));
      assert.deepEqual([refused.status, refused.message], [400, 'tags[1] is invalid'], JSON.stringify(tag));
    }
    expectOk(
      await blogs.author.call('POST', '/author', createDraft({ tags: ['A/B', 'C..D', '...', 'ÄÖ Ü'] })),
    );
    const both = await blogs.author.call('POST', '/author', createDraft({ title: 'ab', slug: 'a b?' }));
    assert.equal(both.message, 'title must be at least 3 characters, slug must be at least 3 characters');
  });

  test('a taken slug is refused by its name, in POST and in PUT, also when its blog was deleted', async () => {
    const first = await blogs.author.create({ slug: 'Taken-Slug' });
    const message = 'Blog with slug: Taken-Slug already exists';
    const again = await blogs.otherAuthor.call('POST', '/author', createDraft({ slug: 'Taken -Slug?' }));
    assert.deepEqual([again.status, again.message], [400, message]);
    const second = await blogs.author.create();
    const renamed = await blogs.author.put('/author', { _id: second._id, slug: 'Taken-Slug' });
    assert.deepEqual([renamed.status, renamed.message], [400, message]);
    expectOk(await blogs.author.call('DELETE', `/author/id/${first._id}`));
    const reused = await blogs.author.call('POST', '/author', createDraft({ slug: 'Taken-Slug' }));
    assert.deepEqual([reused.status, reused.message], [400, message]);
    expectOk(await blogs.author.call('POST', '/author', createDraft({ slug: 'taken-slug' })));
  });

  test('PUT changes what it is given and nothing else', async () => {
    const blog = await blogs.author.create();
    const values = createDraft({ tags: ['RUST'], imgUrl: '/img/2.png' });
    let expected = blog;
    for (const [name, value] of Object.entries(values)) {
      const answer = await blogs.author.put<PrivateBlog>('/author', { _id: blog._id, [name]: value });
      assert.deepEqual([answer.status, answer.message], [200, 'blog updated successfully']);
      expected = { ...expected, [name]: value, updatedAt: answer.data.updatedAt };
      assert.deepEqual(answer.data, expected);
    }
    const same = await blogs.author.put<PrivateBlog>('/author', { _id: blog._id.toUpperCase(), title: null });
    assert.deepEqual([same.status, same.data], [200, expected]);
    const own = await blogs.author.put('/author', { _id: blog._id, slug: values.slug });
    assert.equal(own.status, 200);
    const stored = await blogs.author.get(`/author/id/${blog._id}`);
    assert.equal((stored.data as PrivateBlog).slug, values.slug);
  });

  test('PUT names a bad _id and every other bad field', async () => {
    const refused = await blogs.author.put('/author', { _id: 'abc', title: 'x', tags: 'GO' });
    assert.equal(refused.status, 400);
    assert.equal(
      refused.message,
      '_id must be of length 24, title must be at least 3 characters, tags is invalid',
    );
    assert.equal((await blogs.author.put('/author', { title: 'abc' })).message, '_id is required');
    assert.equal((await blogs.author.put('/author', { _id: 'x'.repeat(24) })).message, '_id is invalid');
    assert.equal((await blogs.author.get('/author/id/abc')).message, 'id must be of length 24');
  });

  test("another's blog is not there: 404 for every call, and it stays as it was", async () => {
    const blog = await blogs.author.create();
    const { otherAuthor } = blogs;
    const answers = [
      await otherAuthor.get(`/author/id/${blog._id}`),
      await otherAuthor.put('/author', { _id: blog._id, title: 'Mine now' }),
      await otherAuthor.put('/author', { _id: blog._id }),
      await otherAuthor.put(`/author/submit/id/${blog._id}`),
      await otherAuthor.put(`/author/withdraw/id/${blog._id}`),
      await otherAuthor.call('DELETE', `/author/id/${blog._id}`),
      await blogs.author.get('/author/id/000000000000000000000000'),
    ];
    for (const { status, message } of answers) assert.deepEqual([status, message], [404, 'blog not found']);
    assert.deepEqual((await blogs.author.get(`/author/id/${blog._id}`)).data, blog);
  });

  test('submitting and withdrawing move a draft between the lists; it stays a draft', async () => {
    const blog = await blogs.author.create();
    const listed = async (list: string) =>
      (await blogs.author.list(`/author/${list}?limit=1000`)).data.some(({ _id }) => _id === blog._id);
    const submitted = await blogs.author.put(`/author/submit/id/${blog._id}`);
    assert.deepEqual([submitted.status, submitted.message], [200, 'blog submitted successfully']);
    assert.equal('data' in submitted, false);
    assert.deepEqual(
      [await listed('drafts'), await listed('submitted'), await listed('published')],
      [true, true, false],
    );
    expectOk(await blogs.author.put(`/author/submit/id/${blog._id}`));
    const withdrawn = await blogs.author.put(`/author/withdraw/id/${blog._id}`);
    assert.deepEqual([withdrawn.status, withdrawn.message], [200, 'blog withdrawn successfully']);
    assert.equal(await listed('submitted'), false);
    const at = (await blogs.author.get<PrivateBlog>(`/author/id/${blog._id}`)).data.updatedAt;
    expectOk(await blogs.author.put(`/author/withdraw/id/${blog._id}`));
    assert.equal((await blogs.author.get<PrivateBlog>(`/author/id/${blog._id}`)).data.updatedAt, at);
    await blogs.author.publish(blog._id, blogs.editor);
    assert.deepEqual(
      [await listed('drafts'), await listed('submitted'), await listed('published')],
      [false, false, true],
    );
  });

  test('a change takes a submission back', async () => {
    const blog = await blogs.author.create();
    expectOk(await blogs.author.put(`/author/submit/id/${blog._id}`));
    const none = await blogs.author.put<PrivateBlog>('/author', { _id: blog._id });
    assert.equal(none.data.submitted, true);
    const changed = await blogs.author.put<PrivateBlog>('/author', { _id: blog._id, title: 'Another title' });
    assert.equal(changed.data.submitted, false);
    assert.equal((await blogs.editor.put(`/editor/publish/id/${blog._id}`)).status, 400);
  });

  test('a published blog can be submitted again only with a new draft', async () => {
    const blog = await blogs.author.createPublished(blogs.editor);
    const same = await blogs.author.put(`/author/submit/id/${blog._id}`);
    assert.deepEqual([same.status, same.message], [400, 'blog is published and its draft has nothing new']);
    expectOk(await blogs.author.put('/author', { _id: blog._id, draftText: 'The second edition' }));
    assert.notEqual((await blogs.anyone.read(blog._id)).data.text, 'The second edition');
    expectOk(await blogs.author.put(`/author/submit/id/${blog._id}`));
    expectOk(await blogs.editor.put(`/editor/publish/id/${blog._id}`));
    assert.equal((await blogs.anyone.read(blog._id)).data.text, 'The second edition');
  });

  test('a deleted blog is gone for its author, for editors and for readers', async () => {
    const blog = await blogs.author.createPublished(blogs.editor);
    expectOk(await blogs.anyone.read(blog._id));
    const deleted = await blogs.author.call('DELETE', `/author/id/${blog._id}`);
    assert.deepEqual([deleted.status, deleted.message], [200, 'blog deleted successfully']);
    const answers = [
      await blogs.anyone.read(blog._id),
      await blogs.anyone.readSlug(blog.slug),
      await blogs.author.get(`/author/id/${blog._id}`),
      await blogs.author.call('DELETE', `/author/id/${blog._id}`),
      await blogs.author.put('/author', { _id: blog._id, title: 'Back again' }),
      await blogs.editor.get(`/editor/id/${blog._id}`),
      await blogs.editor.put(`/editor/unpublish/id/${blog._id}`),
    ];
    for (const { status } of answers) assert.equal(status, 404);
  });

  test('lists are paged, newest change first, items without texts, and empty as []', async () => {
    const writer = blogs.otherAuthor;
    assert.deepEqual((await writer.list('/author/drafts')).data, []);
    const [first, second, third] = [await writer.create(), await writer.create(), await writer.create()];
    expectOk(await writer.put('/author', { _id: first._id, title: 'Changed last' }));
    const ids = async (query: string) =>
      (await writer.list(`/author/drafts${query}`)).data.map(({ _id }) => _id);
    assert.deepEqual(await ids(''), [first._id, third._id, second._id]);
    assert.deepEqual(await ids('?page=2&limit=2'), [second._id]);
    const [item] = (await writer.list('/author/drafts?limit=1')).data;
    assert.deepEqual(Object.keys(item ?? {}).sort(), [
      '_id',
      'description',
      'imgUrl',
      'score',
      'slug',
      'tags',
      'title',
    ]);
    for (const query of ['?page=0', '?limit=1001', '?page=x', '?page=1001', '?limit=1.5']) {
      assert.equal((await writer.list(`/author/drafts${query}`)).status, 400, query);
    }
  });
});
