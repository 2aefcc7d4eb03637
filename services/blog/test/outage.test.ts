import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Answer, createDraft, expectOk } from './blog-client.ts';
import { type BlogFixture, eventually, openBlogFixture } from './blog-fixture.ts';

// These end and stop servers, which somebody else's must not be.
delete process.env.MONGO_URL;

describe('while something is down', () => {
  let blogs: BlogFixture;
  before(async () => {
    blogs = await openBlogFixture();
  });
  after(() => blogs[Symbol.asyncDispose]());

  /** The answer, which must not take longer. */
  async function within<T>(ms: number, ask: () => Promise<Answer<T>>): Promise<Answer<T>> {
    const began = performance.now();
    const answer = await ask();
    const took = performance.now() - began;
    assert.ok(took < ms, `${answer.status} took ${Math.round(took)} ms`);
    return answer;
  }

  async function makeWarm(): Promise<{ warm: string; slug: string; cold: string }> {
    const { _id, slug } = await blogs.author.createPublished(blogs.editor);
    const other = await blogs.author.createPublished(blogs.editor);
    expectOk(await blogs.anyone.read(_id));
    expectOk(await blogs.anyone.readSlug(slug));
    return { warm: _id, slug, cold: other._id };
  }

  const everyCall = (id: string): readonly (() => Promise<Answer>)[] => [
    () => blogs.anyone.read(id),
    () => blogs.anyone.list('/list/latest'),
    () => blogs.anyone.list(`/list/similar/id/${id}`),
    () => blogs.author.get('/author/drafts'),
    () => blogs.author.call('POST', '/author', createDraft()),
    () => blogs.author.put('/author', { _id: id, title: 'A new title' }),
    () => blogs.editor.put(`/editor/publish/id/${id}`),
  ];

  test('MongoDB dead: 503 within 1.5 s, warm reads go on, all back within 5 s of its return', async () => {
    const { mongo } = blogs.surroundings;
    const { warm, slug, cold } = await makeWarm();
    await mongo.kill();
    for (const ask of everyCall(cold)) assert.equal((await within(1_500, ask)).status, 503);
    expectOk(await within(500, () => blogs.anyone.read(warm)));
    expectOk(await within(500, () => blogs.anyone.readSlug(slug)));
    expectOk(await within(500, () => blogs.anyone.get('/health')));
    await mongo.start();
    await eventually(
      () => blogs.anyone.read(cold),
      ({ status }) => status === 200,
    );
    expectOk(await blogs.author.get('/author/drafts'));
  });

  test('MongoDB hanging: 503 within 2.5 s, warm reads go on, all back within 5 s', async () => {
    const { mongo } = blogs.surroundings;
    const { warm, slug, cold } = await makeWarm();
    mongo.pause();
    try {
      const answers = await Promise.all(everyCall(cold).map((ask) => within(2_500, ask)));
      for (const { status } of answers) assert.equal(status, 503);
      expectOk(await within(500, () => blogs.anyone.read(warm)));
      expectOk(await within(500, () => blogs.anyone.readSlug(slug)));
    } finally {
      mongo.resume();
    }
    await eventually(
      () => blogs.anyone.read(cold),
      ({ status }) => status === 200,
    );
  });

  test('Redis dead: everything goes on', async () => {
    const { redis } = blogs.surroundings;
    const { warm, slug } = await makeWarm();
    await redis.kill();
    expectOk(await within(500, () => blogs.anyone.read(warm)));
    expectOk(await within(500, () => blogs.anyone.readSlug(slug)));
    expectOk(await within(500, () => blogs.anyone.list(`/list/similar/id/${warm}`)));
    const { _id } = await blogs.author.createPublished(blogs.editor);
    expectOk(await blogs.anyone.read(_id));
    expectOk(await blogs.author.call('DELETE', `/author/id/${_id}`));
    assert.equal((await blogs.anyone.read(_id)).status, 404);
    await redis.start();
  });

  test('Redis hanging: everything goes on, and only the first reads are slowed by it', async () => {
    const { redis } = blogs.surroundings;
    const { warm } = await makeWarm();
    redis.pause();
    try {
      expectOk(await within(500, () => blogs.anyone.read(warm)));
      for (let i = 0; i < 10; i++) expectOk(await within(150, () => blogs.anyone.read(warm)));
    } finally {
      redis.resume();
    }
  });

  test('NATS dead: protected calls are 503 within 1.5 s, warm reads and lists go on, all back within 3 s', async () => {
    const { nats } = blogs.surroundings;
    const { warm, slug, cold } = await makeWarm();
    await nats.kill();
    const protectedCalls = [
      () => blogs.author.get('/author/drafts'),
      () => blogs.editor.get('/editor/submitted'),
    ];
    for (const ask of protectedCalls) assert.equal((await within(1_500, ask)).status, 503);
    assert.equal((await blogs.anyone.get('/author/drafts')).status, 401);
    // Its author is known here.
    expectOk(await within(1_500, () => blogs.anyone.read(cold)));
    expectOk(await within(500, () => blogs.anyone.read(warm)));
    expectOk(await within(500, () => blogs.anyone.readSlug(slug)));
    expectOk(await within(500, () => blogs.anyone.list('/list/latest')));
    expectOk(await within(500, () => blogs.anyone.list('/list/tag/GO')));
    await nats.start();
    await eventually(
      () => blogs.author.get('/author/drafts'),
      ({ status }) => status === 200,
      3_000,
    );
  });
});
