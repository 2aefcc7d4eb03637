import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { createOutbox, type Mongo, ObjectId, openMongo } from '@tsmicro/mongo';
import { startMongo } from '@tsmicro/stack';
import { blogCollection } from '../src/blog/collection.ts';
import type { Blog } from '../src/blog/model.ts';
import { BlogStore } from '../src/blog/store.ts';
import { firstId, TagStore } from '../src/tag/store.ts';
import { createDraft } from './blog-client.ts';

describe('tags as they are stored', () => {
  const servers = new AsyncDisposableStack();
  const editor = randomUUID();
  let mongo: Mongo;
  let blogs: BlogStore;
  let tags: TagStore;
  before(async () => {
    const { url } = servers.use(await startMongo({ url: process.env.MONGO_URL }));
    const database = `tag_test_${randomUUID().slice(0, 8)}`;
    mongo = servers.use(await openMongo({ url, database }));
    servers.defer(async () => void (await mongo.db.dropDatabase()));
    blogs = new BlogStore(mongo, createOutbox(mongo, [blogCollection]));
    tags = new TagStore(mongo);
    await blogs.createIndexes();
  });
  after(() => servers.disposeAsync());

  const insert = (...words: string[]) => blogs.insert(createDraft({ tags: words }) as Required<Blog>, editor);
  const tagsOf = async ({ _id }: Blog) => (await blogs.find(_id.toHexString()))?.tags;
  const change = (filter: object, values: Partial<Blog>) =>
    mongo.collection<Blog>(blogCollection).updateMany(filter, { $set: values });

  test('who has lost the last other tag since the check keeps the one that is taken off', async () => {
    const [saved, other, deleted] = [await insert('A', 'B'), await insert('A', 'B'), await insert('A', 'B')];
    assert.deepEqual(await tags.listSlugsWithoutOther('A', 10), []);
    const ids = await tags.listIds('A', firstId, 10);
    assert.deepEqual(ids, [saved._id, other._id, deleted._id]);
    await change({ _id: saved._id }, { tags: ['A', 'A'] });
    await change({ _id: deleted._id }, { status: false });
    await tags.remove(ids, 'A', editor);
    assert.deepEqual(await tagsOf(saved), ['A', 'A']);
    assert.deepEqual(await tagsOf(other), ['B']);
    assert.deepEqual(await tags.listSlugsWithoutOther('A', 10), [saved.slug]);
    const untouched = await mongo.collection<Blog>(blogCollection).findOne({ _id: deleted._id });
    assert.deepEqual(untouched?.tags, ['A', 'B']);
  });

  test('a rename is one step on what the blog has then, and says who did it', async () => {
    const blog = await insert('X', 'OLD', 'NEW', 'Y');
    const [id] = await tags.listIds('OLD', firstId, 10);
    await change({ _id: blog._id }, { tags: ['NEWER', 'OLD', 'X'] });
    const by = randomUUID();
    await tags.rename([id ?? firstId], 'OLD', 'NEW', by);
    const { tags: now, updatedBy, updatedAt } = (await blogs.find(String(blog._id))) ?? assert.fail();
    assert.deepEqual(now, ['NEWER', 'NEW', 'X']);
    assert.equal(Buffer.from(updatedBy.value()).toString('hex'), by.replaceAll('-', ''));
    assert.ok(updatedAt >= blog.updatedAt);
  });

  test('ids come in their order, each part going on after the last', async () => {
    const written = [];
    for (let i = 0; i < 5; i++) written.push((await insert('PAGED', `OTHER ${i}`))._id);
    const first = await tags.listIds('PAGED', firstId, 3);
    const second = await tags.listIds('PAGED', first[2] ?? firstId, 3);
    assert.deepEqual([first.length, [...first, ...second]], [3, written]);
    assert.deepEqual(await tags.listIds('PAGED', new ObjectId(), 3), []);
  });

  test('all published blogs are counted, each once, however many parts they are read in', async () => {
    const { _id, slug, ...like } = await insert('MANY', 'MANY');
    const published = { ...like, published: true };
    const documents = Array.from({ length: 600 }, (_, i) => ({
      ...published,
      slug: `${slug}-${i}`,
      ...(i % 3 === 0 && { tags: ['THIRD'] }),
    }));
    for (let i = 0; i < documents.length; i += 50) {
      await mongo.collection(blogCollection).insertMany(documents.slice(i, i + 50));
    }
    assert.deepEqual(await tags.listCounts(), [
      { tag: 'MANY', count: 400 },
      { tag: 'THIRD', count: 200 },
    ]);
    assert.equal(await tags.count('MANY'), 400);
  });
});
