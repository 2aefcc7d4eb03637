import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ObjectId, openMongo } from '@tsmicro/mongo';
import type { RunningService } from '@tsmicro/service';
import type { PrivateBlog, TagCount } from '../src/blog/dto.ts';
import { type Answer, type BlogClient, expectOk } from './blog-client.ts';
import { type BlogFixture, eventually, openBlogFixture, openBlogServer } from './blog-fixture.ts';
import { countOperations } from './operation-count.ts';

describe('tags', () => {
  let blogs: BlogFixture;
  let second: RunningService;
  before(async () => {
    blogs = await openBlogFixture();
    second = await openBlogServer(blogs.surroundings);
  });
  after(async () => {
    await second.close();
    await blogs[Symbol.asyncDispose]();
  });

  const path = (tag: string) => `/editor/tags/${encodeURIComponent(tag)}`;
  const rename = (from: string, to: unknown, by: BlogClient = blogs.editor) =>
    by.put<TagCount>(path(from), { tag: to });
  const remove = (tag: string, by: BlogClient = blogs.editor) => by.call('DELETE', path(tag));
  const published = (...tags: string[]) => blogs.author.createPublished(blogs.editor, { tags });
  const tagsOf = async ({ _id }: { _id: string }) =>
    expectOk(await blogs.editor.get<PrivateBlog>(`/editor/id/${_id}`)).data.tags;
  /** The counts of these tags as both instances show them. */
  const counts = async (...tags: string[]) => {
    const readers = [blogs.anyone, blogs.anyone.at(second.address)];
    const lists = await Promise.all(readers.map((reader) => reader.get<TagCount[]>('/tags?limit=1000')));
    const seen = lists.map(({ data }) => data.filter(({ tag }) => tags.includes(tag)));
    assert.deepEqual(seen[0], seen[1]);
    return seen[0]?.map(({ tag, count }) => `${tag} ${count}`);
  };

  test('tags are counted over published blogs, most used first, then by their letters', async () => {
    assert.deepEqual((await blogs.anyone.get('/tags')).data, []);
    await published('B', 'C', 'C');
    await published('A', 'C');
    const draft = await blogs.author.create({ tags: ['A', 'D'] });
    assert.deepEqual((await blogs.anyone.get('/tags')).data, [
      { tag: 'C', count: 2 },
      { tag: 'A', count: 1 },
      { tag: 'B', count: 1 },
    ]);
    assert.deepEqual((await blogs.anyone.get('/tags?page=2&limit=1')).data, [{ tag: 'A', count: 1 }]);
    assert.deepEqual((await blogs.anyone.get('/tags?page=1000&limit=1000')).data, []);
    assert.equal((await blogs.anyone.get('/tags?limit=1001')).message, 'limit must be max 1000');
    assert.deepEqual(await counts('A', 'D'), ['A 1']);
    await blogs.author.publish(draft._id, blogs.editor);
    assert.deepEqual(await counts('A', 'D'), ['A 2', 'D 1']);
    expectOk(await blogs.author.put('/author', { _id: draft._id, tags: ['E'] }));
    assert.deepEqual(await counts('A', 'D', 'E'), ['A 1', 'E 1']);
    expectOk(await blogs.editor.put(`/editor/unpublish/id/${draft._id}`));
    assert.deepEqual(await counts('E'), []);
    await blogs.author.publish(draft._id, blogs.editor);
    expectOk(await blogs.author.call('DELETE', `/author/id/${draft._id}`));
    assert.deepEqual(await counts('E'), []);
  });

  test('two hundred cold reads at once count the blogs once', async () => {
    // On a machine so busy that Redis misses its 100 ms a read goes past the cache: such a round does not count.
    const busyMs = 20_000;
    const count = async () => {
      const { _id } = await blogs.author.createPublished(blogs.editor, { tags: ['COLD'] });
      const asked = await countOperations('mongo', async () => {
        const reads = Array.from({ length: 200 }, () => blogs.anyone.get('/tags'));
        for (const { status } of await Promise.all(reads)) assert.equal(status, 200);
      });
      expectOk(await blogs.author.call('DELETE', `/author/id/${_id}`));
      return JSON.stringify(asked);
    };
    await eventually(count, (asked) => asked === '{"find":1}', busyMs);
  });

  test('more tags than are kept together: pages go on without a gap', async () => {
    const { mongo, database } = blogs.surroundings;
    await using direct = await openMongo({ url: mongo.url, database });
    const collection = direct.collection('blogs');
    const { _id } = await published('MANY');
    const { _id: _, slug, ...like } = (await collection.findOne({ _id: new ObjectId(_id) })) ?? assert.fail();
    const documents = Array.from({ length: 30 }, (_, i) => ({
      ...like,
      slug: `${slug}-${i}`,
      tags: Array.from({ length: 50 }, (_, k) => `MANY ${1_000 + 50 * i + k}`),
    }));
    await collection.insertMany(documents);
    await published('MANY');
    const pages = [];
    for (const page of [1, 2, 3, 4]) {
      pages.push(expectOk(await blogs.anyone.get<TagCount[]>(`/tags?page=${page}&limit=600`)).data);
    }
    const all = pages.flat();
    assert.ok(all.length > 1_500);
    assert.equal(pages[1]?.length, 600);
    assert.deepEqual(
      all,
      all.toSorted((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1)),
    );
    assert.equal(new Set(all.map(({ tag }) => tag)).size, all.length);
    await collection.deleteMany({ slug: { $in: documents.map((one) => one.slug) } });
    // Also an answer that changes nothing leaves no old counts behind.
    assert.equal((await remove('MANY')).status, 400);
    assert.deepEqual(await counts('MANY', 'MANY 1000'), ['MANY 2']);
  });

  test('a tag is renamed in drafts and published blogs, merged, in its place, never twice', async () => {
    const draft = await blogs.author.create({ tags: ['X', 'OLD', 'Y'] });
    const both = await published('NEW', 'X', 'OLD');
    const turned = await published('OLD', 'NEW', 'OLD', 'Y');
    const other = await published('NEW');
    const before = expectOk(await blogs.anyone.list('/list/tag/OLD?limit=100')).data;
    assert.equal(before.length, 2);
    const answer = await rename('OLD', 'NEW');
    assert.deepEqual(
      [answer.status, answer.message, answer.data],
      [200, 'success', { tag: 'NEW', count: 3 }],
    );
    assert.deepEqual(await tagsOf(draft), ['X', 'NEW', 'Y']);
    assert.deepEqual(await tagsOf(both), ['NEW', 'X']);
    assert.deepEqual(await tagsOf(turned), ['NEW', 'Y']);
    assert.deepEqual(await tagsOf(other), ['NEW']);
    assert.deepEqual((await blogs.anyone.list('/list/tag/OLD')).data, []);
    assert.deepEqual(await counts('OLD', 'NEW'), ['NEW 3']);
    const again = await rename('OLD', 'NEW');
    assert.deepEqual(again.data, { tag: 'NEW', count: 3 }, 'what was done half-way may be repeated');
    assert.deepEqual((await rename('NEW', 'NEW')).data, { tag: 'NEW', count: 3 });
  });

  test('what readers have seen shows the new tags, or none, at the next read of every instance', async () => {
    const blog = await published('WARM', 'KEPT');
    const readers = [blogs.anyone, blogs.anyone.at(second.address)];
    const seen = async () => {
      const reads = readers.map(async (reader) => [
        (await reader.read(blog._id)).data.tags.join(),
        (await reader.readSlug(blog.slug)).data.tags.join(),
      ]);
      return (await Promise.all(reads)).flat();
    };
    const four = (text: string) => [text, text, text, text];
    assert.deepEqual(await seen(), four('WARM,KEPT'));
    expectOk(await rename('WARM', 'HOT'));
    assert.deepEqual(await seen(), four('HOT,KEPT'));
    expectOk(await remove('HOT', blogs.editor.at(second.address)));
    assert.deepEqual(await seen(), four('KEPT'));
    assert.deepEqual(await counts('WARM', 'HOT'), []);
  });

  test('a change whose service died half-way is completed by repeating it, for readers too', async () => {
    const { mongo, database } = blogs.surroundings;
    await using direct = await openMongo({ url: mongo.url, database });
    const cut = (blog: PrivateBlog, ...tags: string[]) =>
      direct.collection('blogs').updateOne({ _id: new ObjectId(blog._id) }, { $set: { tags } });
    const done = await published('HALF', 'X');
    const open = await published('HALF', 'X');
    const seen = async () => {
      const reads = await Promise.all(
        [done, open].map(({ _id }) => blogs.anyone.at(second.address).read(_id)),
      );
      return reads.map(({ data }) => data.tags.join());
    };
    await seen();
    await cut(done, 'WHOLE', 'X');
    assert.deepEqual((await rename('HALF', 'WHOLE')).data, { tag: 'WHOLE', count: 2 });
    assert.deepEqual(await seen(), ['WHOLE,X', 'WHOLE,X']);
    for (const blog of [done, open]) await cut(blog, 'X');
    const nothingLeft = await remove('WHOLE');
    assert.deepEqual([nothingLeft.status, nothingLeft.message], [404, 'tag not found']);
    assert.deepEqual(await seen(), ['X', 'X']);
    assert.deepEqual(await counts('HALF', 'WHOLE'), []);
  });

  test('texts that mean something to databases are tags like others', async () => {
    for (const tag of ['$TAGS', '$$ROOT', 'C/C++', '{"$NE":1}', '*', "'; DROP", 'Ä 😀']) {
      const blog = await published(tag, 'LAST');
      expectOk(await rename(tag, `${tag}$2`));
      assert.deepEqual(await tagsOf(blog), [`${tag}$2`, 'LAST']);
      expectOk(await rename(`${tag}$2`, tag));
      assert.deepEqual(await tagsOf(blog), [tag, 'LAST']);
      expectOk(await remove(tag));
      assert.deepEqual(await tagsOf(blog), ['LAST']);
    }
  });

  test('a tag is taken off every blog, or off none when one has no other: up to ten are named', async () => {
    const rich = await published('GONE', 'STAYS');
    const poor = [];
    for (let i = 0; i < 11; i++) poor.push(await blogs.author.create({ tags: ['GONE', 'GONE'] }));
    const refused = await remove('GONE');
    const named = poor.slice(0, 10).map(({ slug }) => slug);
    assert.deepEqual(
      [refused.status, refused.message],
      [400, `blogs without another tag: ${named.join(', ')}`],
    );
    assert.deepEqual(await tagsOf(rich), ['GONE', 'STAYS']);
    for (const { _id } of poor.slice(1)) {
      expectOk(await blogs.author.put('/author', { _id, tags: ['A', 'GONE', 'B', 'GONE'] }));
    }
    expectOk(await blogs.author.call('DELETE', `/author/id/${poor[0]?._id}`));
    const removed = await remove('GONE');
    assert.deepEqual([removed.status, removed.message, 'data' in removed], [200, 'success', false]);
    assert.deepEqual(await tagsOf(rich), ['STAYS']);
    for (const blog of poor.slice(1)) assert.deepEqual(await tagsOf(blog), ['A', 'B']);
  });

  test('a tag that no blog has is 404, bad ones are 400 by their names, and only editors may', async () => {
    const answers: Answer[] = [await rename('NOWHERE', 'NOTHING'), await remove('NOWHERE')];
    for (const { status, message } of answers) assert.deepEqual([status, message], [404, 'tag not found']);
    await published('MINE');
    for (const bad of [
      'small',
      '',
      '  ',
      'A\\B',
      '..',
      'A/../B',
      'X'.repeat(51),
      null,
      7,
      ['A'],
      { $ne: 1 },
    ]) {
      const refused = await rename('MINE', bad);
      assert.equal(refused.status, 400, JSON.stringify(bad));
      assert.match(refused.message, /^tag /, JSON.stringify(bad));
    }
    assert.equal((await rename('mine', 'YOURS')).message, 'tag must be uppercase');
    assert.equal((await remove('mine')).message, 'tag must be uppercase');
    for (const [by, status] of [
      [blogs.author, 403],
      [blogs.anyone, 401],
    ] as const) {
      assert.equal((await rename('MINE', 'YOURS', by)).status, status);
      assert.equal((await remove('MINE', by)).status, status);
    }
    assert.deepEqual(await counts('MINE'), ['MINE 1']);
  });

  test('authors save while a tag is renamed: the old tag is left only where it was saved last', async () => {
    const written = await Promise.all(Array.from({ length: 12 }, () => published('FROM', 'X')));
    const [renamed, ...saved] = await Promise.all([
      rename('FROM', 'TO'),
      ...written.map(({ _id }, i) =>
        blogs.author.put<PrivateBlog>('/author', {
          _id,
          ...(i % 2 ? { title: `New ${i}` } : { tags: ['FROM', 'Y'] }),
        }),
      ),
    ]);
    expectOk(renamed);
    saved.forEach(expectOk);
    for (const [i, blog] of written.entries()) {
      const tags = await tagsOf(blog);
      if (i % 2) assert.deepEqual(tags, ['TO', 'X']);
      else assert.match(tags.join(), /^(FROM|TO),Y$/);
    }
  });

  test('authors save while a tag is taken off: no blog is without tags, and a refusal changed none', async () => {
    for (let round = 0; round < 3; round++) {
      const tag = `RACE ${round}`;
      const written = await Promise.all(Array.from({ length: 6 }, () => published(tag, 'OTHER')));
      const [first] = written;
      const [removed, saved] = await Promise.all([
        remove(tag),
        blogs.author.put('/author', { _id: first?._id, tags: [tag] }),
      ]);
      expectOk(saved);
      const [saver, ...rest] = await Promise.all(written.map(tagsOf));
      assert.deepEqual(saver, [tag]);
      assert.ok(removed.status === 200 || removed.status === 400, removed.message);
      for (const tags of rest) assert.deepEqual(tags, removed.status === 200 ? ['OTHER'] : [tag, 'OTHER']);
    }
  });

  test('editors who rename back and forth at once all get an answer, and no blog is left without the tag', async () => {
    const written = await Promise.all(Array.from({ length: 8 }, () => published('PING', 'X')));
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => (i % 2 ? rename('PING', 'PONG') : rename('PONG', 'PING'))),
    );
    answers.forEach(expectOk);
    for (const blog of written) assert.match((await tagsOf(blog)).join(), /^(PING|PONG),X$/);
  });
});
