import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { blogDeleted, blogPublished, blogSubmitted, blogUnpublished } from '@tsmicro/contracts-blog';
import { connectNats } from '@tsmicro/micro';
import { type Mongo, ObjectId, openMongo } from '@tsmicro/mongo';
import { Ear } from '../../../packages/micro/test/events/ear.ts';
import { createDraft, expectOk } from './blog-client.ts';
import { createClients, openBlogServer, openSurroundings, type Surroundings } from './blog-fixture.ts';
import { BlogProcess } from './blog-process.ts';

const told = [blogSubmitted, blogPublished, blogUnpublished, blogDeleted];

describe('events of the blog service', () => {
  const opened = new AsyncDisposableStack();
  let surroundings: Surroundings;
  let mongo: Mongo;

  before(async () => {
    surroundings = opened.use(await openSurroundings());
    mongo = opened.use(await openMongo({ url: surroundings.mongo.url, database: surroundings.database }));
  });
  after(() => opened.disposeAsync());

  const listen = () => Ear.open(surroundings.nats.url, 'blog', told);
  const fields = async (id: string) =>
    Object.keys((await mongo.collection('blogs').findOne({ _id: new ObjectId(id) })) ?? {});

  async function removeStream(): Promise<void> {
    const options = { natsUrl: surroundings.nats.url, natsServiceName: 'setup', natsServiceVersion: '1.0.0' };
    await using client = await connectNats(options);
    await client.connection.request('$JS.API.STREAM.DELETE.EVENTS', '');
  }

  test('a blog is told of from its submission to its end, in order, and not what was refused', async () => {
    await using ear = await listen();
    await using server = await openBlogServer(surroundings);
    const { author, otherAuthor, editor } = createClients(surroundings, server.address);
    const draft = createDraft();
    const { _id, slug } = await author.create(draft);
    const step = async (by: typeof author, path: string, status = 200) =>
      assert.equal((await by.put(`${path}/${_id}`)).status, status);
    await step(editor, '/editor/publish/id', 400);
    await step(otherAuthor, '/author/submit/id', 404);
    await step(author, '/author/submit/id');
    await step(author, '/author/submit/id');
    await step(editor, '/editor/publish/id');
    await step(editor, '/editor/publish/id', 400);
    await step(editor, '/editor/unpublish/id');
    await step(editor, '/editor/unpublish/id', 400);
    expectOk(await author.call('DELETE', `/author/id/${_id}`));
    assert.equal((await author.call('DELETE', `/author/id/${_id}`)).status, 404);
    const happened = await ear.whatHappened(_id, 4);
    assert.deepEqual(happened, ['blog.submitted', 'blog.published', 'blog.unpublished', 'blog.deleted']);
    const named = { id: _id, slug, author: author.user.id };
    const [submitted, published, unpublished, deleted] = ear.of(_id).map(({ data }) => data);
    assert.deepEqual([submitted, unpublished, deleted], [named, named, named]);
    const { publishedAt, ...shown } = published as { publishedAt: string };
    assert.deepEqual(shown, { ...named, title: draft.title, tags: draft.tags });
    assert.ok(Math.abs(Date.parse(publishedAt) - Date.now()) < 60_000);
  });

  test('killed between write and publishing, it tells after the next start; meanwhile nobody sees the events', async () => {
    await removeStream();
    let id = '';
    {
      await using blog = new BlogProcess({ ...surroundings.environment, LOG_LEVEL: 'info' });
      const { address = '' } = await blog.line('blog is ready');
      const { anyone, author, editor } = createClients(surroundings, address);
      id = (await author.createPublished(editor))._id;
      assert.ok((await fields(id)).includes('outbox'));
      const seen = [
        await anyone.read(id),
        await anyone.list('/list/latest'),
        await author.get(`/author/id/${id}`),
        await editor.get('/editor/published'),
      ].map(expectOk);
      assert.equal(JSON.stringify(seen).includes('outbox'), false);
      expectOk(await author.call('DELETE', `/author/id/${id}`));
    }
    await using ear = await listen();
    await using _server = await openBlogServer(surroundings);
    const happened = await ear.whatHappened(id, 3);
    assert.deepEqual(happened, ['blog.submitted', 'blog.published', 'blog.deleted']);
    await ear.until('nothing is left of them', async () => !(await fields(id)).includes('outbox'));
  });
});
