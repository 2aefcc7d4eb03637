import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Binary, createOutbox, type Mongo, ObjectId, openMongo } from '@tsmicro/mongo';
import { blogCollection } from '../src/blog/collection.ts';
import { published } from '../src/blog/event.ts';
import type { Blog } from '../src/blog/model.ts';
import { BlogStore } from '../src/blog/store.ts';
import { createDraft, expectOk } from './blog-client.ts';
import { type BlogFixture, openBlogFixture } from './blog-fixture.ts';

describe('what is stored', () => {
  let blogs: BlogFixture;
  let mongo: Mongo;
  before(async () => {
    blogs = await openBlogFixture();
    const { mongo: server, database } = blogs.surroundings;
    mongo = await openMongo({ url: server.url, database });
  });
  after(async () => {
    await mongo.close();
    await blogs[Symbol.asyncDispose]();
  });

  const find = async (id: string) => {
    const document = await mongo.collection<Blog>('blogs').findOne({ _id: new ObjectId(id) });
    assert.ok(document);
    return document;
  };
  const openStore = () => new BlogStore(mongo, createOutbox(mongo, [blogCollection]));
  const uuidBytes = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex');

  test("a document has gomicro's fields, users as 16 bytes of binary subtype 0", async () => {
    const { author, editor } = blogs;
    const draft = createDraft();
    const { _id } = await author.create(draft);
    const { _id: id, author: writer, createdBy, updatedBy, createdAt, updatedAt, ...rest } = await find(_id);
    assert.equal(id.toHexString(), _id);
    for (const user of [writer, createdBy, updatedBy]) {
      assert.equal(user.sub_type, Binary.SUBTYPE_DEFAULT);
      assert.deepEqual(Buffer.from(user.value()), uuidBytes(author.user.id));
    }
    assert.ok(createdAt instanceof Date && updatedAt instanceof Date);
    const state = { submitted: false, drafted: true, published: false, status: true };
    assert.deepEqual(rest, { ...draft, score: 0.01, ...state });
    await author.publish(_id, editor);
    const shown = await find(_id);
    assert.ok(shown.publishedAt instanceof Date);
    assert.equal(shown.text, draft.draftText);
    assert.deepEqual(Buffer.from(shown.updatedBy.value()), uuidBytes(editor.user.id));
    expectOk(await author.call('DELETE', `/author/id/${_id}`));
    assert.deepEqual([(await find(_id)).status, (await find(_id)).published], [false, true]);
  });

  test('a blog whose author is binary of subtype 4, without picture and score of its own, is read', async () => {
    const { _id } = await blogs.author.createPublished(blogs.editor);
    const author = new Binary(uuidBytes(blogs.otherAuthor.user.id), Binary.SUBTYPE_UUID);
    const change = { $set: { author, score: 0.9 }, $unset: { imgUrl: true } } as const;
    await mongo.collection<Blog>('blogs').updateOne({ _id: new ObjectId(_id) }, change);
    const { data } = expectOk(await blogs.anyone.read(_id));
    assert.deepEqual([data.author.name, data.score, 'imgUrl' in data], ['olaf', 0.9, false]);
  });

  test('a blog that has null for what it does not have yet is shown without it and published', async () => {
    const { author, editor } = blogs;
    const { _id } = await author.create();
    const nulls = { $set: { text: null, publishedAt: null } } as unknown as { $set: Partial<Blog> };
    await mongo.collection<Blog>('blogs').updateOne({ _id: new ObjectId(_id) }, nulls);
    const shown = Object.keys(expectOk(await author.call('GET', `/author/id/${_id}`)).data as object);
    assert.deepEqual([shown.includes('text'), shown.includes('publishedAt')], [false, false]);
    await author.publish(_id, editor);
  });

  test('a blog is published with the draft that was read, or not at all', async () => {
    const store = openStore();
    const { _id } = await blogs.author.create();
    expectOk(await blogs.author.put(`/author/submit/id/${_id}`));
    const read = await store.find(_id);
    assert.ok(read);
    expectOk(await blogs.author.put('/author', { _id, draftText: 'Another draft' }));
    expectOk(await blogs.author.put(`/author/submit/id/${_id}`));
    assert.equal(await store.publish(read, blogs.editor.user.id, published), undefined);
    const again = await store.find(_id);
    assert.ok(again);
    assert.equal((await store.publish(again, blogs.editor.user.id, published))?.after.text, 'Another draft');
  });

  test('the indexes can be made again, and are a unique slug, the weighted text and one for each list', async () => {
    await openStore().createIndexes();
    const indexes = await mongo.collection('blogs').indexes();
    const names = indexes.map(({ name }) => name).sort();
    assert.deepEqual(names, [
      '_id_',
      'author_1_published_1_status_1_publishedAt_-1_score_-1',
      'author_1_status_1_drafted_1_updatedAt_-1',
      'author_1_status_1_published_1_updatedAt_-1',
      'author_1_status_1_submitted_1_updatedAt_-1',
      'outbox.since_1',
      'published_1_status_1_publishedAt_-1_score_-1',
      'slug_1',
      'submitted_1_status_1_updatedAt_-1',
      'tags_1__id_1',
      'tags_1_published_1_status_1_publishedAt_-1_score_-1',
      'title_text_description_text',
    ]);
    assert.equal(indexes.find(({ name }) => name === 'slug_1')?.unique, true);
    const text = indexes.find(({ name }) => name?.startsWith('title_text'));
    assert.deepEqual(text?.weights, { title: 3, description: 1 });
  });
});
