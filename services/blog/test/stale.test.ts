import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ObjectId, openMongo } from '@tsmicro/mongo';
import type { TagCount } from '../src/blog/dto.ts';
import { type BlogClient, expectOk } from './blog-client.ts';
import { type BlogFixture, openBlogFixture, openBlogServer } from './blog-fixture.ts';

describe('nothing stale', () => {
  let blogs: BlogFixture;
  let second: Awaited<ReturnType<typeof openBlogServer>>;
  let readers: BlogClient[];
  before(async () => {
    blogs = await openBlogFixture();
    second = await openBlogServer(blogs.surroundings);
    readers = [blogs.anyone, blogs.anyone.at(second.address)];
  });
  after(async () => {
    await second.close();
    await blogs[Symbol.asyncDispose]();
  });

  /**
   * Reads without a pause on both instances while `change` runs, and for a while after its answer; every read that
   * began after the answer must pass `fresh`.
   */
  async function underFlood<T>(
    read: (reader: BlogClient) => Promise<T>,
    change: () => Promise<unknown>,
    fresh: (seen: T) => void,
  ): Promise<void> {
    let answered = false;
    let freshReads = 0;
    const flood = [0, 1, 2, 3].flatMap(() =>
      readers.map(async (reader) => {
        while (freshReads < 100) {
          const startedAfter = answered;
          const seen = await read(reader);
          if (!startedAfter) continue;
          fresh(seen);
          freshReads++;
        }
      }),
    );
    try {
      await change();
    } finally {
      answered = true;
    }
    await Promise.all(flood);
  }

  test('unpublish, under flood: nobody reads it afterwards by id or slug', async () => {
    for (let round = 0; round < 5; round++) {
      const { _id, slug } = await blogs.author.createPublished(blogs.editor);
      const read = async (reader: BlogClient) => [
        (await reader.read(_id)).status,
        (await reader.readSlug(slug)).status,
      ];
      const unpublish = async () => expectOk(await blogs.editor.put(`/editor/unpublish/id/${_id}`));
      await underFlood(read, unpublish, (seen) => assert.deepEqual(seen, [404, 404]));
    }
  });

  test('delete, under flood', async () => {
    for (let round = 0; round < 5; round++) {
      const { _id } = await blogs.author.createPublished(blogs.editor);
      const remove = async () => expectOk(await blogs.author.call('DELETE', `/author/id/${_id}`));
      await underFlood(
        (reader) => reader.read(_id),
        remove,
        ({ status }) => assert.equal(status, 404),
      );
    }
  });

  test('change of slug, under flood: the old one is gone, the new one there', async () => {
    for (let round = 0; round < 5; round++) {
      const { _id, slug } = await blogs.author.createPublished(blogs.editor);
      const renamed = `${slug}-renamed`;
      const read = async (reader: BlogClient) => [
        (await reader.readSlug(slug)).status,
        (await reader.readSlug(renamed)).status,
        (await reader.read(_id)).data.slug,
      ];
      const rename = async () => expectOk(await blogs.author.put('/author', { _id, slug: renamed }));
      await underFlood(read, rename, (seen) => assert.deepEqual(seen, [404, 200, renamed]));
    }
  });

  test('publish and change of title, under flood: what was not there is seen at once', async () => {
    const { _id, slug } = await blogs.author.create();
    expectOk(await blogs.author.put(`/author/submit/id/${_id}`));
    const publish = async () => expectOk(await blogs.editor.put(`/editor/publish/id/${_id}`));
    await underFlood(
      (reader) => reader.readSlug(slug),
      publish,
      ({ status }) => assert.equal(status, 200),
    );
    const title = 'A better title';
    const retitle = async () => expectOk(await blogs.author.put('/author', { _id, title }));
    await underFlood(
      (reader) => reader.read(_id),
      retitle,
      ({ data }) => assert.equal(data.title, title),
    );
  });

  test('a tag renamed, then taken off, under flood: no read shows it afterwards', async () => {
    const { _id } = await blogs.author.createPublished(blogs.editor, { tags: ['FLOOD', 'STAYS'] });
    const read = async (reader: BlogClient) => [
      (await reader.read(_id)).data.tags.join(),
      (await reader.get<TagCount[]>('/tags')).data.map(({ tag }) => tag).join(),
      (await reader.list('/list/tag/FLOOD')).data.length,
    ];
    const rename = async () => expectOk(await blogs.editor.put('/editor/tags/FLOOD', { tag: 'CALM' }));
    await underFlood(read, rename, ([own, all, found]) => {
      assert.deepEqual([own, found], ['CALM,STAYS', 0]);
      assert.match(String(all), /CALM/);
      assert.doesNotMatch(String(all), /FLOOD/);
    });
    const remove = async () => expectOk(await blogs.editor.call('DELETE', '/editor/tags/CALM'));
    await underFlood(read, remove, ([own, all]) => {
      assert.equal(own, 'STAYS');
      assert.doesNotMatch(String(all), /CALM/);
    });
  });

  test('a blog that is unpublished takes its comments and its counts along, under flood', async () => {
    const { _id } = await blogs.author.createPublished(blogs.editor, { tags: ['LONE'] });
    expectOk(await blogs.learner.call('POST', `/comments/blog/${_id}`, { text: 'seen' }));
    const read = async (reader: BlogClient) => [
      (await reader.get(`/comments/blog/${_id}`)).status,
      (await reader.get<TagCount[]>('/tags')).data.some(({ tag }) => tag === 'LONE'),
    ];
    const unpublish = async () => expectOk(await blogs.editor.put(`/editor/unpublish/id/${_id}`));
    await underFlood(read, unpublish, (seen) => assert.deepEqual(seen, [404, false]));
  });

  test('a slug that another blog takes over shows the new one', async () => {
    const first = await blogs.author.createPublished(blogs.editor);
    for (const reader of readers) expectOk(await reader.readSlug(first.slug));
    expectOk(await blogs.author.put('/author', { _id: first._id, slug: `${first.slug}-old` }));
    const next = await blogs.author.createPublished(blogs.editor, { slug: first.slug });
    for (const reader of readers) assert.equal((await reader.readSlug(first.slug)).data._id, next._id);
  });

  test('an id in upper case is the same blog, also when it goes', async () => {
    const { _id } = await blogs.author.createPublished(blogs.editor);
    for (const reader of readers) expectOk(await reader.read(_id.toUpperCase()));
    expectOk(await blogs.editor.put(`/editor/unpublish/id/${_id.toUpperCase()}`));
    for (const reader of readers) assert.equal((await reader.read(_id.toUpperCase())).status, 404);
  });

  test('a refused unpublish too leaves nothing behind of one that never answered', async () => {
    const { _id } = await blogs.author.createPublished(blogs.editor);
    expectOk(await blogs.anyone.read(_id));
    const { mongo, database } = blogs.surroundings;
    await using direct = await openMongo({ url: mongo.url, database });
    const set = { $set: { published: false } };
    await direct.collection('blogs').updateOne({ _id: new ObjectId(_id) }, set);
    assert.equal((await blogs.editor.put(`/editor/unpublish/id/${_id}`)).status, 400);
    for (const reader of readers) assert.equal((await reader.read(_id)).status, 404);
  });

  test('Redis killed, a blog changed meanwhile, Redis back with its old data: nobody sees the old blog', async () => {
    const { redis } = blogs.surroundings;
    const { _id, slug } = await blogs.author.createPublished(blogs.editor);
    for (const reader of readers) {
      expectOk(await reader.read(_id));
      expectOk(await reader.readSlug(slug));
    }
    await redis.kill();
    for (const reader of readers) expectOk(await reader.read(_id));
    expectOk(await blogs.editor.put(`/editor/unpublish/id/${_id}`));
    for (const reader of readers) assert.equal((await reader.read(_id)).status, 404);
    await redis.start();
    const until = performance.now() + 2_500;
    while (performance.now() < until) {
      for (const reader of readers) {
        assert.equal((await reader.read(_id)).status, 404);
        assert.equal((await reader.readSlug(slug)).status, 404);
      }
    }
  });

  test('Redis hangs while a blog is unpublished: nobody sees it then, nor after Redis goes on', async () => {
    const { redis } = blogs.surroundings;
    const { _id } = await blogs.author.createPublished(blogs.editor);
    for (const reader of readers) expectOk(await reader.read(_id));
    redis.pause();
    try {
      const began = performance.now();
      expectOk(await blogs.editor.put(`/editor/unpublish/id/${_id}`));
      assert.ok(performance.now() - began < 1_000);
      for (const reader of readers) assert.equal((await reader.read(_id)).status, 404);
    } finally {
      redis.resume();
    }
    const until = performance.now() + 2_500;
    while (performance.now() < until) {
      for (const reader of readers) assert.equal((await reader.read(_id)).status, 404);
    }
  });
});
