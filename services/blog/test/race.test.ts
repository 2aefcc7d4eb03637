import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { PrivateBlog } from '../src/blog/dto.ts';
import { type Answer, createDraft, expectOk } from './blog-client.ts';
import { type BlogFixture, openBlogFixture, openBlogServer } from './blog-fixture.ts';

const twenty = Array.from({ length: 20 }, (_, i) => i);

function countByStatus(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe('of parallel requests exactly one succeeds, on two instances', () => {
  let blogs: BlogFixture;
  let second: Awaited<ReturnType<typeof openBlogServer>>;
  before(async () => {
    blogs = await openBlogFixture();
    second = await openBlogServer(blogs.surroundings);
  });
  after(async () => {
    await second.close();
    await blogs[Symbol.asyncDispose]();
  });

  const at = (i: number) => (i % 2 === 0 ? blogs.server.address : second.address);

  test('twenty creates of one slug', async () => {
    const answers = await Promise.all(
      twenty.map((i) => blogs.author.at(at(i)).call('POST', '/author', createDraft({ slug: 'one-slug' }))),
    );
    assert.deepEqual(countByStatus(answers), { 200: 1, 400: 19 });
    const refused = answers.filter(({ status }) => status === 400);
    for (const { message } of refused) assert.equal(message, 'Blog with slug: one-slug already exists');
  });

  test('twenty blogs renamed to one slug', async () => {
    const written = await Promise.all(twenty.map(() => blogs.author.create()));
    const answers = await Promise.all(
      written.map(({ _id }, i) => blogs.author.at(at(i)).put('/author', { _id, slug: 'one-name' })),
    );
    assert.deepEqual(countByStatus(answers), { 200: 1, 400: 19 });
  });

  test('twenty publishes, then twenty unpublishes, then twenty deletes of one blog', async () => {
    const { _id } = await blogs.author.create();
    expectOk(await blogs.author.put(`/author/submit/id/${_id}`));
    const publishes = await Promise.all(
      twenty.map((i) => blogs.editor.at(at(i)).put(`/editor/publish/id/${_id}`)),
    );
    assert.deepEqual(countByStatus(publishes), { 200: 1, 400: 19 });
    const unpublishes = await Promise.all(
      twenty.map((i) => blogs.editor.at(at(i)).put(`/editor/unpublish/id/${_id}`)),
    );
    assert.deepEqual(countByStatus(unpublishes), { 200: 1, 400: 19 });
    const deletes = await Promise.all(
      twenty.map((i) => blogs.author.at(at(i)).call('DELETE', `/author/id/${_id}`)),
    );
    assert.deepEqual(countByStatus(deletes), { 200: 1, 404: 19 });
  });

  test('what is published is the draft that was submitted, never one that came in between', async () => {
    for (const i of twenty) {
      const { _id, draftText } = await blogs.author.create();
      expectOk(await blogs.author.put(`/author/submit/id/${_id}`));
      const [published, changed] = await Promise.all([
        blogs.editor.at(at(i)).put(`/editor/publish/id/${_id}`),
        blogs.author.put<PrivateBlog>('/author', { _id, draftText: 'Never submitted' }),
      ]);
      assert.equal(changed.status, 200);
      const read = await blogs.anyone.read(_id);
      if (published.status === 200) assert.equal(read.data.text, draftText);
      else assert.deepEqual([published.status, read.status], [400, 404]);
    }
  });
});
