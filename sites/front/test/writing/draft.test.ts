import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PrivateBlog } from '../../src/blog.ts';
import { changesIn, draftOf, emptyDraft, tagsIn, toContent } from '../../src/writing/draft.ts';

const blog: PrivateBlog = {
  _id: '5f0000000000000000000001',
  title: 'A title',
  description: 'What it is about',
  slug: 'A-Title',
  imgUrl: '/img/1.png',
  tags: ['NODE', 'C++'],
  draftText: 'Text\n',
  author: { _id: 'b', name: 'Ann' },
  submitted: true,
  drafted: true,
  published: false,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};

test('tagsIn: commas part tags, which come in upper case, trimmed, none twice, none empty', () => {
  assert.deepEqual(tagsIn(' node, Node ,c++,, web dev ,'), ['NODE', 'C++', 'WEB DEV']);
  assert.deepEqual(tagsIn(' , '), []);
});

test('toContent: an address that is left empty is made of the title; the text itself stays as it was typed', () => {
  const content = toContent({ ...emptyDraft, title: ' On Trees ', slug: ' ', draftText: '  indented\n' });
  assert.equal(content.slug, 'on-trees');
  assert.equal(content.title, 'On Trees');
  assert.equal(content.draftText, '  indented\n');
});

test('changesIn: what is stored already is not sent again, so that nothing takes a submission back', () => {
  assert.equal(changesIn(toContent(draftOf(blog)), blog), undefined);
  const typed = { ...draftOf(blog), tags: 'node, c++, web', title: 'Another' };
  assert.deepEqual(changesIn(toContent(typed), blog), { title: 'Another', tags: ['NODE', 'C++', 'WEB'] });
});
