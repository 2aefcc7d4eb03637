import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEvent } from '@tsmicro/micro';
import { blogEvents, blogPublished, blogSubmitted } from '../src/index.ts';

const named = {
  id: '0123456789abcdef01234567',
  slug: 'a-slug',
  author: '2f6e1c1e-8f0e-4d38-9c0a-7a4f3f0d7b11',
};

test('the blog service tells of blogs and comments, each kind on a subject of its own', () => {
  const what = blogEvents.map(({ type }) => type.replace('events.blog.', '')).sort();
  assert.deepEqual(what, [
    'blog.deleted',
    'blog.published',
    'blog.submitted',
    'blog.unpublished',
    'comment.created',
    'comment.deleted',
    'comment.hidden',
  ]);
});

test('an event says what readers may know: no text, no draft', () => {
  const shown = { ...named, title: 'A title', tags: ['GO'], publishedAt: '2026-01-01T00:00:00.000Z' };
  const whole = { ...shown, text: 'the text', draftText: 'the draft', createdBy: named.author };
  assert.deepEqual(createEvent(blogPublished, named.id, whole).data, shown);
  assert.deepEqual(createEvent(blogSubmitted, named.id, whole).data, named);
});
