import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openMongo } from '@tsmicro/mongo';
import type { PrivateBlog } from '../src/blog/dto.ts';
import { createDraft, expectOk } from './blog-client.ts';
import { type BlogFixture, openBlogFixture } from './blog-fixture.ts';

const hostile: readonly unknown[] = [
  { $ne: null },
  { $gt: '' },
  { $regex: '.*' },
  [{ $ne: null }],
  { $where: 'sleep(1000)' },
  7,
  true,
  {},
  'with a \0 character',
  'half a pair \ud800',
  { __proto__: { admin: true } },
];

describe('bad input', () => {
  let blogs: BlogFixture;
  before(async () => {
    blogs = await openBlogFixture();
  });
  after(() => blogs[Symbol.asyncDispose]());

  async function stored(): Promise<string> {
    const { mongo, database } = blogs.surroundings;
    await using direct = await openMongo({ url: mongo.url, database });
    return JSON.stringify(
      await direct
        .collection('blogs')
        .find({}, { sort: { _id: 1 } })
        .toArray(),
    );
  }

  test('operators, wrong types, NUL and broken text in any field: 400 by its name, and nothing is stored', async () => {
    const blog = await blogs.author.create();
    const before = await stored();
    for (const field of Object.keys(createDraft())) {
      for (const value of hostile) {
        const label = `${field}: ${JSON.stringify(value)}`;
        const created = await blogs.author.call('POST', '/author', { ...createDraft(), [field]: value });
        assert.equal(created.status, 400, label);
        assert.ok(created.message.startsWith(field), `${label}: ${created.message}`);
        const updated = await blogs.author.put('/author', { _id: blog._id, [field]: value });
        assert.equal(updated.status, 400, label);
        assert.ok(updated.message.startsWith(field), `${label}: ${updated.message}`);
      }
    }
    for (const value of [...hostile, '', 'zzzzzzzzzzzzzzzzzzzzzzzz', blog._id.slice(1)]) {
      const refused = await blogs.author.put('/author', { _id: value, title: 'A new title' });
      assert.equal(refused.status, 400, JSON.stringify(value));
      assert.ok(refused.message.startsWith('_id'), refused.message);
    }
    assert.equal(await stored(), before);
  });

  test('unknown fields are ignored and never stored, __proto__ among them', async () => {
    const more =
      '"score":1,"published":true,"author":"x","status":false,"__proto__":{"score":1},"constructor":{"a":1}';
    const body = `${JSON.stringify(createDraft()).slice(0, -1)},${more}}`;
    const { data } = expectOk(await blogs.author.call<PrivateBlog>('POST', '/author', body));
    assert.deepEqual([data.score, data.published, data.drafted], [0.01, false, true]);
    assert.equal(data.author._id, blogs.author.user.id);
    const change = `{"_id":"${data._id}",${more}}`;
    const { data: changed } = expectOk(await blogs.author.put<PrivateBlog>('/author', change));
    assert.deepEqual(changed, data);
    const fields = ['__proto__', 'constructor'];
    for (const field of fields) assert.equal((await stored()).includes(field), false);
  });

  test('what is no JSON object, too large, too deep or not JSON at all', async () => {
    const bodies: readonly [string, number][] = [
      ['{', 400],
      ['[]', 400],
      ['"text"', 400],
      ['7', 400],
      ['', 400],
      ['{"title":"a"'.padEnd(100, ' '), 400],
      ['['.repeat(100_000), 400],
      [JSON.stringify(createDraft({ draftText: 'x'.repeat(1024 * 1024) })), 413],
    ];
    for (const [body, status] of bodies) {
      assert.equal((await blogs.author.call('POST', '/author', body)).status, status, body.slice(0, 30));
      assert.equal((await blogs.author.call('PUT', '/author', body)).status, status, body.slice(0, 30));
    }
  });

  test('operators and nonsense in paths and queries', async () => {
    const paths: readonly [string, number][] = [
      ['/id/[$ne]', 400],
      ['/id/%7B%22$ne%22:null%7D', 400],
      ['/slug/%00%00%00', 400],
      ['/slug/%ff%fe%fd', 400],
      ['/slug/[object%20Object]', 404],
      ['/list/tag/%00', 400],
      ['/list/tag/%20', 400],
      ['/list/latest?page[$gt]=0', 200],
      ['/list/latest?page=1&page=2', 400],
      ['/list/latest?limit=-1', 400],
      ['/list/latest?limit=1e3', 200],
      ['/list/latest?page=99999999999999999999', 400],
      ['/list/similar/id/__proto__', 400],
      ['/list/search?q[$ne]=1', 400],
      ['/list/search?q=%00', 400],
      ['/list/search?q=%7B%22$ne%22:null%7D', 200],
      ['/list/search?q=$where', 200],
      ['/list/author/[$ne]', 400],
      ['/list/author/%00', 400],
      ['/tags?page[$gt]=0', 200],
      ['/tags?limit=0', 400],
      ['/tags?page=1&page=2', 400],
      ['/comments/blog/[$ne]', 400],
      ['/comments/blog/0123456789abcdef01234567?parent[$ne]=x', 404],
      ['/comments/blog/0123456789abcdef01234567?parent=__proto__', 400],
      ['/nothing/here', 404],
    ];
    for (const [path, status] of paths) {
      const answer = await blogs.anyone.get(path);
      assert.equal(answer.status, status, `${path}: ${answer.message}`);
    }
    assert.equal((await blogs.anyone.call('DELETE', '/list/latest')).status, 404);
  });
});
