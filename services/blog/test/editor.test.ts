import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { PrivateBlog } from '../src/blog/dto.ts';
import { expectOk } from './blog-client.ts';
import { type BlogFixture, openBlogFixture } from './blog-fixture.ts';

describe('editor', () => {
  let blogs: BlogFixture;
  before(async () => {
    blogs = await openBlogFixture();
  });
  after(() => blogs[Symbol.asyncDispose]());

  const show = async (id: string) => expectOk(await blogs.editor.get<PrivateBlog>(`/editor/id/${id}`)).data;

  test('an editor sees the whole blog of anyone, with its author', async () => {
    const blog = await blogs.author.create();
    assert.deepEqual(await show(blog._id), blog);
    const missing = await blogs.editor.get('/editor/id/000000000000000000000000');
    assert.deepEqual([missing.status, missing.message], [404, 'blog not found']);
  });

  test('only a submitted blog is published; the draft becomes its text', async () => {
    const blog = await blogs.author.create();
    const early = await blogs.editor.put(`/editor/publish/id/${blog._id}`);
    assert.deepEqual([early.status, early.message], [400, 'blog is not submitted']);
    assert.deepEqual(await show(blog._id), blog);
    expectOk(await blogs.author.put(`/author/submit/id/${blog._id}`));
    const published = await blogs.editor.put(`/editor/publish/id/${blog._id}`);
    assert.deepEqual([published.status, published.message], [200, 'blog published successfully']);
    const { updatedAt, publishedAt, ...rest } = await show(blog._id);
    assert.ok(publishedAt && updatedAt >= publishedAt && publishedAt >= blog.createdAt);
    const { updatedAt: _, ...before } = blog;
    assert.deepEqual(rest, { ...before, text: blog.draftText, published: true, drafted: false });
    assert.equal((await blogs.editor.put(`/editor/publish/id/${blog._id}`)).status, 400);
    assert.equal((await blogs.editor.put('/editor/publish/id/000000000000000000000000')).status, 404);
  });

  test('unpublishing makes a draft of it, keeps text and date, and publishing again keeps the first date', async () => {
    const blog = await blogs.author.createPublished(blogs.editor);
    const first = await show(blog._id);
    const unpublished = await blogs.editor.put(`/editor/unpublish/id/${blog._id}`);
    assert.deepEqual([unpublished.status, unpublished.message], [200, 'blog unpublished successfully']);
    const hidden = await show(blog._id);
    assert.deepEqual(hidden, { ...first, published: false, drafted: true, updatedAt: hidden.updatedAt });
    const again = await blogs.editor.put(`/editor/unpublish/id/${blog._id}`);
    assert.deepEqual([again.status, again.message], [400, 'blog is not published']);
    assert.equal((await blogs.anyone.read(blog._id)).status, 404);
    await blogs.author.publish(blog._id, blogs.editor);
    assert.equal((await show(blog._id)).publishedAt, first.publishedAt);
    assert.equal((await blogs.anyone.read(blog._id)).data.publishedAt, first.publishedAt);
  });

  test('a published blog with a submitted new draft is republished: another text, the first date', async () => {
    const blog = await blogs.author.createPublished(blogs.editor);
    const first = expectOk(await blogs.anyone.read(blog._id)).data;
    const again = await blogs.editor.put(`/editor/publish/id/${blog._id}`);
    assert.deepEqual([again.status, again.message], [400, 'blog is not submitted']);
    const draftText = 'The second edition';
    expectOk(await blogs.author.put('/author', { _id: blog._id, draftText }));
    expectOk(await blogs.author.put(`/author/submit/id/${blog._id}`));
    const waiting = await show(blog._id);
    assert.deepEqual([waiting.published, waiting.submitted, waiting.text], [true, true, first.text]);
    assert.deepEqual(expectOk(await blogs.anyone.read(blog._id)).data, first);
    const listed = expectOk(await blogs.editor.list('/editor/submitted?limit=1000')).data;
    assert.equal(listed[0]?._id, blog._id);
    const published = await blogs.editor.put(`/editor/publish/id/${blog._id}`);
    assert.deepEqual([published.status, published.message], [200, 'blog published successfully']);
    const after = await show(blog._id);
    const state = { text: draftText, submitted: false, drafted: false, published: true };
    assert.deepEqual(after, { ...waiting, ...state, updatedAt: after.updatedAt });
    assert.deepEqual(expectOk(await blogs.anyone.read(blog._id)).data, { ...first, text: draftText });
    assert.deepEqual(expectOk(await blogs.anyone.readSlug(blog.slug)).data, { ...first, text: draftText });
  });

  test('unpublishing takes back a new draft that waited; what readers saw stays for the next time', async () => {
    const blog = await blogs.author.createPublished(blogs.editor);
    expectOk(await blogs.author.put('/author', { _id: blog._id, draftText: 'Not yet' }));
    expectOk(await blogs.author.put(`/author/submit/id/${blog._id}`));
    expectOk(await blogs.editor.put(`/editor/unpublish/id/${blog._id}`));
    const { text, draftText, submitted, drafted, publishedAt } = await show(blog._id);
    assert.deepEqual([text, draftText, submitted, drafted], [blog.draftText, 'Not yet', false, true]);
    assert.ok(publishedAt);
    assert.equal((await blogs.editor.put(`/editor/publish/id/${blog._id}`)).status, 400);
  });

  test('the lists show what waits and what is published, of all authors', async () => {
    const waiting = await blogs.otherAuthor.create();
    expectOk(await blogs.otherAuthor.put(`/author/submit/id/${waiting._id}`));
    const draft = await blogs.author.create();
    const published = await blogs.author.createPublished(blogs.editor);
    const ids = async (list: string) =>
      (await blogs.editor.list(`/editor/${list}?limit=1000`)).data.map(({ _id }) => _id);
    const submitted = await ids('submitted');
    assert.equal(submitted[0], waiting._id);
    assert.equal(submitted.includes(draft._id) || submitted.includes(published._id), false);
    assert.equal((await ids('published'))[0], published._id);
    assert.equal((await blogs.editor.list('/editor/submitted?limit=0')).message, 'limit must be min 1');
  });
});
