import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { User } from '@tsmicro/contracts-auth';
import { connectNats, type NatsClient } from '@tsmicro/micro';
import { type Mongo, ObjectId, openMongo } from '@tsmicro/mongo';
import type { Comment } from '../src/comment/dto.ts';
import type { StoredComment } from '../src/comment/model.ts';
import { type Answer, BlogClient, expectOk } from './blog-client.ts';
import { type BlogFixture, eventually, openBlogFixture } from './blog-fixture.ts';

const nobody = '000000000000000000000000';

describe('comments', () => {
  let blogs: BlogFixture;
  let mongo: Mongo;
  let blog: string;
  before(async () => {
    blogs = await openBlogFixture();
    const { mongo: server, database } = blogs.surroundings;
    mongo = await openMongo({ url: server.url, database });
    blog = (await blogs.author.createPublished(blogs.editor))._id;
  });
  after(async () => {
    await mongo.close();
    await blogs[Symbol.asyncDispose]();
  });

  const write = (by: BlogClient, body: unknown, on = blog) =>
    by.call<Comment>('POST', `/comments/blog/${on}`, body);
  const comment = async (by: BlogClient, text: string, parent?: Comment) =>
    expectOk(await write(by, parent === undefined ? { text } : { text, parent: parent._id })).data;
  const read = (by: BlogClient, query = '', on = blog) => by.get<Comment[]>(`/comments/blog/${on}${query}`);
  const list = async (by: BlogClient, query = '') => expectOk(await read(by, query)).data;
  /** What is shown of one comment in the list in which it stands. */
  const show = async (by: BlogClient, { _id, parent }: Comment) =>
    (await list(by, `?limit=1000${parent ? `&parent=${parent}` : ''}`)).find((one) => one._id === _id);
  const texts = async (by: BlogClient, query = '') => (await list(by, query)).map(({ text }) => text);
  const edit = (by: BlogClient, { _id }: Comment, text: unknown) =>
    by.put<Comment>(`/comments/id/${_id}`, { text });
  const remove = (by: BlogClient, { _id }: Comment) => by.call('DELETE', `/comments/id/${_id}`);
  const hide = ({ _id }: Comment, by = blogs.editor) => by.put(`/editor/comments/hide/id/${_id}`);
  const unhide = ({ _id }: Comment, by = blogs.editor) => by.put(`/editor/comments/unhide/id/${_id}`);
  const expect = ({ status, message }: Answer, ...wanted: [number, string]) =>
    assert.deepEqual([status, message], wanted);

  test('a comment comes back with its author, and everybody reads it', async () => {
    const answer = await write(blogs.learner, { text: 'First!', hidden: true, _id: nobody });
    const { _id, createdAt, updatedAt, ...rest } = answer.data;
    assert.match(_id, /^[0-9a-f]{24}$/);
    assert.deepEqual([answer.message, createdAt], ['success', updatedAt]);
    assert.equal(new Date(createdAt).toISOString(), createdAt);
    const { id, name, profilePicUrl } = blogs.learner.user;
    const author = { _id: id, name, profilePicUrl };
    assert.deepEqual(rest, { blog, text: 'First!', author, replies: 0, edited: false });
    assert.deepEqual(await show(blogs.anyone, answer.data), answer.data);
    assert.deepEqual(await show(blogs.learner, answer.data), answer.data);
  });

  test('the newest come first, in pages, replies by their parent, which counts them', async () => {
    const other = (await blogs.author.createPublished(blogs.editor))._id;
    const on = async (text: string, parent?: string) =>
      expectOk(await write(blogs.learner, { text, parent }, other)).data;
    const [a, b, c] = [await on('a'), await on('b'), await on('c')];
    const [x, y] = [await on('x', b._id.toUpperCase()), await on('y', b._id)];
    assert.deepEqual([x.parent, y.parent, x.replies], [b._id, b._id, 0]);
    const shown = async (query = '') => expectOk(await read(blogs.anyone, query, other)).data;
    const ids = async (query = '') => (await shown(query)).map(({ _id }) => _id);
    assert.deepEqual(await ids(), [c._id, b._id, a._id]);
    assert.deepEqual(await ids('?page=2&limit=2'), [a._id]);
    assert.deepEqual(await ids(`?parent=${b._id}`), [y._id, x._id]);
    assert.deepEqual(await ids(`?parent=${b._id}&page=2&limit=1`), [x._id]);
    assert.deepEqual(
      (await shown()).map(({ replies }) => replies),
      [0, 2, 0],
    );
    assert.deepEqual(await ids(`?parent=${x._id}`), []);
    expect(await read(blogs.anyone, `?parent=${nobody}`, other), 404, 'comment not found');
    expect(await read(blogs.anyone, `?parent=${a._id}`), 404, 'comment not found');
  });

  test('replies go one level deep, and only below what is there to be read on the same blog', async () => {
    const parent = await comment(blogs.author, 'parent');
    const reply = await comment(blogs.learner, 'reply', parent);
    expect(
      await write(blogs.author, { text: 'deeper', parent: reply._id }),
      400,
      'a reply cannot be replied to',
    );
    const elsewhere = (await blogs.author.createPublished(blogs.editor))._id;
    const absent = [404, 'comment not found'] as const;
    expect(await write(blogs.author, { text: 'no', parent: parent._id }, elsewhere), ...absent);
    expect(await write(blogs.author, { text: 'no', parent: nobody }), ...absent);
    expectOk(await hide(parent));
    expect(await write(blogs.author, { text: 'no', parent: parent._id }), ...absent);
    expectOk(await unhide(parent));
    expectOk(await remove(blogs.author, parent));
    expect(await write(blogs.author, { text: 'no', parent: parent._id }), ...absent);
    assert.deepEqual(await texts(blogs.anyone, `?parent=${parent._id}`), ['reply']);
  });

  test('its author changes a comment, nobody else', async () => {
    const mine = await comment(blogs.learner, 'before');
    await comment(blogs.author, 'reply', mine);
    expect(await edit(blogs.author, mine, 'theirs'), 403, 'only its author may change a comment');
    expect(await edit(blogs.editor, mine, 'theirs'), 403, 'only its author may change a comment');
    assert.equal((await edit(blogs.anyone, mine, 'theirs')).status, 401);
    const { updatedAt, ...changed } = expectOk(await edit(blogs.learner, mine, 'after')).data;
    const { updatedAt: wasAt, ...was } = mine;
    assert.deepEqual(changed, { ...was, text: 'after', edited: true, replies: 1 });
    assert.ok(updatedAt >= wasAt);
    assert.deepEqual(await show(blogs.anyone, mine), { ...changed, updatedAt });
    expect(await blogs.learner.put(`/comments/id/${nobody}`, { text: 'x' }), 404, 'comment not found');
  });

  test('a deleted comment is gone; with replies it stays without text and author, until the last is gone', async () => {
    const alone = await comment(blogs.learner, 'alone');
    expect(await remove(blogs.author, alone), 403, 'permission denied: role is missing');
    assert.equal((await remove(blogs.anyone, alone)).status, 401);
    const removed = await remove(blogs.learner, alone);
    assert.deepEqual([removed.status, removed.message, 'data' in removed], [200, 'success', false]);
    assert.equal(await show(blogs.editor, alone), undefined);
    const absent = [404, 'comment not found'] as const;
    expect(await remove(blogs.learner, alone), ...absent);
    expect(await edit(blogs.learner, alone, 'back'), ...absent);
    expect(await hide(alone), ...absent);

    const parent = await comment(blogs.learner, 'with replies');
    const replies = [await comment(blogs.author, 'one', parent), await comment(blogs.author, 'two', parent)];
    expectOk(await remove(blogs.editor, parent));
    const { text, author, updatedAt, ...stub } = parent;
    const { updatedAt: _, ...shown } = (await show(blogs.anyone, parent)) ?? {};
    assert.deepEqual(shown, { ...stub, replies: 2 });
    const stored = await mongo
      .collection<StoredComment>('comments')
      .findOne({ _id: new ObjectId(parent._id) });
    assert.deepEqual([stored && 'text' in stored, stored && 'author' in stored], [false, false]);
    for (const reply of replies) {
      assert.ok(await show(blogs.anyone, parent));
      expectOk(await remove(blogs.author, reply));
    }
    assert.equal(await show(blogs.anyone, parent), undefined);
    expect(await read(blogs.anyone, `?parent=${parent._id}`), ...absent);
  });

  test('a deletion that ended half-way is completed by the next', async () => {
    const parent = await comment(blogs.learner, 'parent');
    const reply = await comment(blogs.learner, 'reply', parent);
    expectOk(await remove(blogs.learner, parent));
    const cut = {
      $set: { deleted: true, goneAt: new Date() },
      $unset: { text: true, author: true },
    } as const;
    await mongo.collection<StoredComment>('comments').updateOne({ _id: new ObjectId(reply._id) }, cut);
    assert.equal((await show(blogs.anyone, parent))?.replies, 0);
    expect(await remove(blogs.learner, reply), 404, 'comment not found');
    assert.equal(await show(blogs.anyone, parent), undefined);
  });

  test('what an editor hides only editors see, with all that answers it, until it is shown again', async () => {
    const top = await comment(blogs.learner, 'rude');
    const reply = await comment(blogs.author, 'ruder', top);
    expectOk(await hide(reply));
    assert.equal((await show(blogs.anyone, top))?.replies, 0);
    assert.equal((await show(blogs.editor, top))?.replies, 1);
    assert.equal(await show(blogs.author, reply), undefined, 'its author neither');
    assert.deepEqual((await show(blogs.editor, reply))?.hidden, true);
    const answer = await hide(top);
    assert.deepEqual([answer.status, answer.message, 'data' in answer], [200, 'success', false]);
    expectOk(await hide(top));
    assert.equal(await show(blogs.anyone, top), undefined);
    assert.deepEqual(await show(blogs.editor, top), { ...top, hidden: true, replies: 1 });
    const absent = [404, 'comment not found'] as const;
    expect(await read(blogs.anyone, `?parent=${top._id}`), ...absent);
    expect(await edit(blogs.learner, top, 'polite'), ...absent);
    expect(await remove(blogs.learner, top), ...absent);
    expectOk(await unhide(top));
    expectOk(await unhide(top));
    assert.deepEqual(await show(blogs.anyone, top), top);
    expectOk(await unhide(reply));
    assert.equal((await show(blogs.anyone, top))?.replies, 1);
    assert.equal((await hide(top, blogs.author)).status, 403);
    assert.equal((await hide(top, blogs.anyone)).status, 401);
    expect(await blogs.editor.put(`/editor/comments/unhide/id/${nobody}`), ...absent);
  });

  test('a token that is shown has to be good, but while nobody can tell everybody reads', async () => {
    const { auth, nats } = blogs.surroundings;
    const client = (account: { authorization: string; user: User }) =>
      new BlogClient(blogs.server.address, account);
    assert.equal((await read(client({ ...auth.add('bob'), authorization: 'Bearer x' }))).status, 401);
    const top = await comment(client(auth.add('vera', 'LEARNER')), 'hidden while auth is away');
    const other = await comment(client(auth.add('vito', 'LEARNER')), 'shown while auth is away');
    expectOk(await hide(top));
    const unknown = client(auth.add('eve', 'EDITOR'));
    await auth.close();
    try {
      for (const reader of [blogs.anyone, unknown]) {
        assert.equal(await show(reader, top), undefined);
        assert.equal((await show(reader, other))?.author?.name, 'vito');
      }
      assert.equal((await write(unknown, { text: 'no' })).status, 503);
    } finally {
      await auth.open(nats.url);
    }
    assert.equal((await show(unknown, top))?.hidden, true);
  });

  test('comments are there while their blog is published', async () => {
    const { _id: other } = await blogs.author.create();
    const absent = [404, 'blog not found'] as const;
    expect(await write(blogs.learner, { text: 'early' }, other), ...absent);
    await blogs.author.publish(other, blogs.editor);
    const { data: mine } = expectOk(await write(blogs.learner, { text: 'kept' }, other));
    expectOk(await blogs.editor.put(`/editor/unpublish/id/${other}`));
    for (const reader of [blogs.anyone, blogs.learner, blogs.editor]) {
      expect(await read(reader, '', other), ...absent);
    }
    expect(await write(blogs.learner, { text: 'late' }, other), ...absent);
    expect(await edit(blogs.learner, mine, 'late'), 404, 'comment not found');
    await blogs.author.publish(other, blogs.editor);
    assert.deepEqual((await read(blogs.anyone, '', other)).data, [mine]);
    expectOk(await blogs.author.call('DELETE', `/author/id/${other}`));
    expect(await read(blogs.anyone, '', other), ...absent);
    expect(await read(blogs.anyone, '', nobody), ...absent);
  });

  test('texts come back as they were written, and bad input is 400 by its name', async () => {
    const hostile = [
      '<script>alert(1)</script>',
      '{"$ne":null}',
      '$where',
      "'; drop table",
      ' ⁧x 😀 ',
      '😀'.repeat(5_000),
    ];
    for (const text of hostile) {
      const written = await comment(blogs.learner, text);
      assert.equal(written.text, text);
      assert.equal((await list(blogs.anyone, '?limit=1'))[0]?.text, text);
      assert.equal(
        expectOk(await edit(blogs.learner, written, `${text.slice(2)}.`)).data.text,
        `${text.slice(2)}.`,
      );
    }
    const mine = await comment(blogs.learner, 'mine');
    for (const text of [null, '', ' \n', 'x'.repeat(5_001), 7, ['a'], { $ne: 1 }, 'NUL \0', 'half \ud800']) {
      for (const refused of [await write(blogs.learner, { text }), await edit(blogs.learner, mine, text)]) {
        assert.equal(refused.status, 400, JSON.stringify(text).slice(0, 30));
        assert.match(refused.message, /^text /);
      }
    }
    for (const parent of ['', 'abc', `${nobody}0`, 'z'.repeat(24), 7, { $ne: null }]) {
      const refused = await write(blogs.learner, { text: 'x', parent });
      assert.equal(refused.status, 400, JSON.stringify(parent));
      assert.match(refused.message, /^parent /);
    }
    expect(await read(blogs.anyone, '?parent=abc'), 400, 'parent must be of length 24');
    expect(await read(blogs.anyone, '?limit=1001'), 400, 'limit must be max 1000');
    expect(await read(blogs.anyone, '', 'abc'), 400, 'id must be of length 24');
    expect(await blogs.editor.put('/editor/comments/hide/id/abc'), 400, 'id must be of length 24');
    assert.equal((await write(blogs.anyone, { text: 'x' })).status, 401);
  });
});

describe('events of comments', () => {
  let blogs: BlogFixture;
  let natsClient: NatsClient;
  before(async () => {
    blogs = await openBlogFixture();
    natsClient = await connectNats({
      natsUrl: blogs.surroundings.nats.url,
      natsServiceName: 'listener',
      natsServiceVersion: '1.0.0',
    });
  });
  after(async () => {
    await natsClient.close();
    await blogs[Symbol.asyncDispose]();
  });

  test('a comment that is written, hidden or deleted is told of once each, in this order', async () => {
    const told: { type: string; data: unknown }[] = [];
    natsClient.connection.subscribe('events.blog.comment.>', {
      callback: (_error, message) => void told.push(message.json()),
    });
    await natsClient.connection.flush();
    const { _id: blog } = await blogs.author.createPublished(blogs.editor);
    const write = async (parent?: string) =>
      expectOk(await blogs.learner.call<Comment>('POST', `/comments/blog/${blog}`, { text: 'x', parent }))
        .data;
    const top = await write();
    const reply = await write(top._id);
    for (const step of ['hide', 'hide', 'unhide']) {
      expectOk(await blogs.editor.put(`/editor/comments/${step}/id/${reply._id}`));
    }
    for (const { _id } of [top, reply]) expectOk(await blogs.learner.call('DELETE', `/comments/id/${_id}`));
    assert.equal((await blogs.learner.call('DELETE', `/comments/id/${top._id}`)).status, 404);
    const last = await write();
    const of = (id: string) => told.filter(({ data }) => (data as Comment & { id: string }).id === id);
    await eventually(
      async () => of(last._id).length,
      (count) => count === 1,
    );
    const author = blogs.learner.user.id;
    const types = (id: string) => of(id).map(({ type }) => type.replace('events.blog.comment.', ''));
    await eventually(
      async () => [types(top._id), types(reply._id)].flat().length,
      (count) => count === 5,
    );
    assert.deepEqual(types(top._id), ['created', 'deleted']);
    assert.deepEqual(types(reply._id), ['created', 'hidden', 'deleted']);
    assert.deepEqual(of(top._id)[1]?.data, { id: top._id, blog, author });
    assert.deepEqual(of(reply._id)[0]?.data, { id: reply._id, blog, author, parent: top._id });
  });
});
