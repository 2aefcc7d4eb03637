import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { createOutbox, type Mongo, ObjectId, openMongo, type TimeLimit, toUuidBinary } from '@tsmicro/mongo';
import { startMongo } from '@tsmicro/stack';
import { created, deleted } from '../src/comment/event.ts';
import type { StoredComment, WrittenComment } from '../src/comment/model.ts';
import { CommentStore, commentCollection } from '../src/comment/store.ts';

describe('comments as they are stored', () => {
  const servers = new AsyncDisposableStack();
  const database = `comment_test_${randomUUID().slice(0, 8)}`;
  const open = () => openMongo({ url, database });
  const storeOf = (on: Mongo) => new CommentStore(on, createOutbox(on, [commentCollection]));
  let url: string;
  let mongo: Mongo;
  let store: CommentStore;
  before(async () => {
    url = servers.use(await startMongo({ url: process.env.MONGO_URL })).url;
    mongo = servers.use(await open());
    servers.defer(async () => void (await mongo.db.dropDatabase()));
    store = storeOf(mongo);
    await store.createIndexes();
  });
  after(() => servers.disposeAsync());

  const page = { page: 1, limit: 10 };
  const blog = new ObjectId();
  async function insert(parent: ObjectId | null = null): Promise<WrittenComment> {
    const now = new Date();
    const state = { hidden: false, edited: false, deleted: false, goneAt: null };
    const author = toUuidBinary(randomUUID());
    const comment = {
      _id: new ObjectId(),
      blog,
      parent,
      text: 'x',
      author,
      createdAt: now,
      updatedAt: now,
      ...state,
    };
    await store.insert(comment, created(comment));
    return comment;
  }
  const document = async ({ _id }: StoredComment) =>
    (await mongo.collection<StoredComment & { outbox?: unknown }>(commentCollection).findOne({ _id })) ??
    assert.fail();
  const isGone = async (comment: StoredComment) => (await document(comment)).goneAt !== null;

  test('the indexes serve the lists and let what is gone go for good after 30 days', async () => {
    await store.createIndexes();
    const indexes = await mongo.collection(commentCollection).indexes();
    const made = indexes.map(({ name, expireAfterSeconds }) => [name, expireAfterSeconds]);
    assert.deepEqual(made.sort(), [
      ['_id_', undefined],
      ['blog_1_parent_1_goneAt_1_createdAt_-1__id_-1', undefined],
      ['goneAt_1', 30 * 24 * 60 * 60],
    ]);
  });

  test('what is deleted has neither text nor author; its events wait in it, and are never shown', async () => {
    const comment = await insert();
    assert.equal(await store.delete(comment, deleted(comment)), true);
    assert.equal(await store.delete(comment, deleted(comment)), false);
    const { text, author, outbox } = await document(comment);
    assert.deepEqual([text, author], [undefined, undefined]);
    assert.match(JSON.stringify(outbox), /comment\.created.*comment\.deleted/);
    const shown = [await store.find(comment._id.toHexString()), ...(await store.list(comment, true, page))];
    for (const one of shown) assert.equal(one && 'outbox' in one, false);
  });

  test('a reply that comes when its parent has just gone brings the parent back', async () => {
    const parent = await insert();
    await store.delete(parent, deleted(parent));
    await store.settle(blog, parent._id);
    assert.equal(await isGone(parent), true);
    assert.deepEqual(await store.list(parent, true, page), []);
    const reply = await insert(parent._id);
    assert.equal(await store.restore(parent._id), true);
    await store.settle(blog, parent._id);
    assert.equal(await isGone(parent), false);
    assert.deepEqual(await store.countReplies(blog, [parent._id], false), new Map([[String(parent._id), 1]]));
    await store.delete(reply, deleted(reply));
    await store.settle(blog, parent._id);
    assert.equal(await isGone(parent), true);
  });

  /** A store that stops before its first update, until it may go on; and who has come there. */
  async function openSlowStore() {
    const slow = servers.use(await open());
    const [reached, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const run = slow.run.bind(slow);
    slow.run = async <T>(name: string, work: (limit: TimeLimit) => Promise<T>): Promise<T> => {
      if (name === 'updateOne') {
        reached.resolve();
        await goOn.promise;
      }
      return run(name, work);
    };
    return { store: storeOf(slow), reached: reached.promise, goOn: goOn.resolve };
  }

  test('a reply that comes after a deletion has looked for replies is not lost with its parent', async () => {
    const parent = await insert();
    await store.delete(parent, deleted(parent));
    const slow = await openSlowStore();
    const settled = slow.store.settle(blog, parent._id);
    await slow.reached;
    await insert(parent._id);
    assert.equal(await store.restore(parent._id), false);
    slow.goOn();
    await settled;
    assert.equal(await isGone(parent), false);
  });

  test('who has seen a reply does not bring its parent back after the reply has gone', async () => {
    const parent = await insert();
    const reply = await insert(parent._id);
    await store.delete(parent, deleted(parent));
    const slow = await openSlowStore();
    const settled = slow.store.settle(blog, parent._id);
    await slow.reached;
    await store.delete(reply, deleted(reply));
    await store.settle(blog, parent._id);
    slow.goOn();
    await settled;
    assert.equal(await isGone(parent), true);
  });
});
