import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { expectOk } from './blog-client.ts';
import { type BlogFixture, openBlogFixture } from './blog-fixture.ts';

describe('search', () => {
  let blogs: BlogFixture;
  before(async () => {
    blogs = await openBlogFixture();
  });
  after(() => blogs[Symbol.asyncDispose]());

  const search = async (q: string, page = '') =>
    expectOk(await blogs.anyone.list(`/list/search?q=${encodeURIComponent(q)}${page}`)).data;
  const titles = async (q: string, page = '') => (await search(q, page)).map(({ title }) => title);
  const write = (title: string, description = 'nothing to see') =>
    blogs.author.createPublished(blogs.editor, { title, description });

  test('what has any of the words comes, best first: more words, and the title before the description', async () => {
    await write('Of lions', 'they watch a walrus');
    await write('The walrus sleeps');
    const best = await write('A walrus and an iceberg');
    await write('Of elephants');
    assert.deepEqual(await titles('walruses iceberg'), [
      'A walrus and an iceberg',
      'The walrus sleeps',
      'Of lions',
    ]);
    const { _id, title, description, slug, imgUrl, score, tags } = best;
    assert.deepEqual((await search('iceberg'))[0], { _id, title, description, slug, imgUrl, score, tags });
    assert.deepEqual(await titles('walrus iceberg', '&page=2&limit=2'), ['Of lions']);
    assert.deepEqual(await titles('walrus', '&page=9'), []);
  });

  test('equally good ones: every page is another part of one order, the newest first', async () => {
    const written = [await write('Puffin'), await write('Puffin'), await write('Puffin')];
    const ids = [];
    for (const page of [1, 2, 3]) {
      ids.push(...(await search('puffin', `&limit=1&page=${page}`)).map(({ _id }) => _id));
    }
    assert.deepEqual(ids, written.map(({ _id }) => _id).reverse());
  });

  test('drafts, unpublished and deleted blogs are not found', async () => {
    await blogs.author.create({ title: 'Narwhal draft' });
    const unpublished = await write('Narwhal unpublished');
    const deleted = await write('Narwhal deleted');
    assert.equal((await search('narwhal')).length, 2);
    expectOk(await blogs.editor.put(`/editor/unpublish/id/${unpublished._id}`));
    expectOk(await blogs.author.call('DELETE', `/author/id/${deleted._id}`));
    assert.deepEqual(await search('narwhal'), []);
  });

  test('words are plain words, never query syntax', async () => {
    await write('Tall okapi');
    await write('Small bonobo');
    assert.deepEqual((await titles('okapi -bonobo')).sort(), ['Small bonobo', 'Tall okapi']);
    assert.deepEqual((await titles('"bonobo okapi"')).sort(), ['Small bonobo', 'Tall okapi']);
    assert.deepEqual(await titles('-okapi'), ['Tall okapi']);
    for (const q of ['$where', '{"$ne":null}', '[$gt]', 'title:x', '(.*)+$', '\\', '%', "' or 1=1"]) {
      assert.deepEqual(await titles(q), [], q);
    }
  });

  test('names and compounds are found as they are written', async () => {
    await write("O'Reilly on snake_case and Über-Größe");
    for (const q of ["O'Reilly", 'snake_case', 'über', 'GROSSE größe']) {
      assert.equal((await search(q)).length, 1, q);
    }
  });

  test('a search without any word, or with words that every text has, finds nothing', async () => {
    for (const q of ['---', '""', '!!', '"-"', 'the', 'and of the', '😀']) {
      assert.deepEqual(await titles(q), [], q);
    }
    for (const query of ['', '?q=', '?q=%20']) {
      const refused = await blogs.anyone.list(`/list/search${query}`);
      assert.deepEqual([refused.status, refused.message], [400, 'q is required'], query);
    }
    const long = await blogs.anyone.list(`/list/search?q=${'x'.repeat(201)}`);
    assert.equal(long.message, 'q must be at most 200 characters');
    assert.equal((await blogs.anyone.list('/list/search?q=a&limit=0')).message, 'limit must be min 1');
    assert.equal((await blogs.anyone.list('/list/search?q=a&q=b')).status, 400);
  });

  test('the blogs of one author: only what readers see, the newest first date first', async () => {
    const { user } = blogs.otherAuthor;
    const of = async (id: string, query = '') =>
      expectOk(await blogs.anyone.list(`/list/author/${id}${query}`)).data.map(({ _id }) => _id);
    assert.deepEqual(await of(user.id), []);
    const first = await blogs.otherAuthor.createPublished(blogs.editor);
    const second = await blogs.otherAuthor.createPublished(blogs.editor);
    await blogs.otherAuthor.create();
    expectOk(await blogs.otherAuthor.put('/author', { _id: first._id, title: 'Changed later' }));
    assert.deepEqual(await of(user.id.toUpperCase()), [second._id, first._id]);
    assert.deepEqual(await of(user.id, '?page=2&limit=1'), [first._id]);
    expectOk(await blogs.editor.put(`/editor/unpublish/id/${second._id}`));
    assert.deepEqual(await of(user.id), [first._id]);
    assert.deepEqual(await of('00000000-0000-4000-8000-000000000000'), []);
    assert.equal((await blogs.anyone.list('/list/author/me')).message, 'id must be a valid UUID');
  });
});
