import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FormFaults, type Person } from '@tsmicro/web';
import type { Comment } from '../../src/blog.ts';
import { commentSection } from '../../src/comment/comment-section.ts';
import type { Discussion } from '../../src/comment/discussion.ts';

const at = '2026-11-26T21:00:00.000Z';
const person = (id: string, ...roles: string[]): Person => ({
  id,
  name: `P ${id}`,
  email: `${id}@x.example`,
  roles,
});

function comment(id: string, more: Partial<Comment> = {}): Comment {
  const author = { _id: 'ann', name: 'Ann' };
  return {
    _id: id.padStart(24, '0'),
    text: `text ${id}`,
    author,
    replies: 0,
    edited: false,
    createdAt: at,
    updatedAt: at,
    ...more,
  };
}

function section(items: readonly Comment[], more: Partial<Discussion> = {}): string {
  const place = { slug: 'x', page: 1, open: new Map() };
  const list = { shown: { items, page: 1, more: false } };
  return commentSection({ place, person: undefined, list, replies: new Map(), ...more }).text;
}

const offers = (text: string) =>
  [...text.matchAll(/<summary>(\w+)<|class="quiet">([\w ]+)</g)].map(([, a, b]) => a ?? b);

test('who is not signed in is invited to, and led back to where they were', () => {
  const text = section([comment('1')], { place: { slug: 'a b', page: 2, open: new Map() } });
  assert.match(text, /href="\/sign-in\?back=%2Fread%2Fa%2520b%3Fcomments%3D2%23comments"/);
  assert.doesNotMatch(text, /<form|<summary>/);
});

test('everybody is offered what they may do, and nothing else', () => {
  const top = comment('1');
  const reply = comment('2', { parent: top._id });
  const hidden = comment('3', { hidden: true });
  assert.deepEqual(offers(section([top], { person: person('bob', 'LEARNER') })), ['Reply']);
  assert.deepEqual(offers(section([reply], { person: person('bob', 'LEARNER') })), []);
  assert.deepEqual(offers(section([top], { person: person('ann', 'LEARNER') })), ['Reply', 'Edit', 'Delete']);
  assert.deepEqual(offers(section([top], { person: person('eve', 'EDITOR') })), ['Reply', 'Delete', 'Hide']);
  assert.deepEqual(offers(section([hidden], { person: person('eve', 'EDITOR') })), ['Delete', 'Show to all']);
  assert.deepEqual(offers(section([top], { person: person('ada', 'ADMIN') })), ['Reply'], 'roles are flat');
});

test('a hidden comment says so, and one that was deleted leaves its replies behind', () => {
  assert.match(section([comment('1', { hidden: true })]), /Hidden from readers/);
  const { text: _, author: __, ...gone } = comment('2', { replies: 3 });
  const shown = section([gone], { person: person('eve', 'EDITOR') });
  assert.match(shown, /This comment was deleted\./);
  assert.match(shown, /Show 3 replies/);
  assert.deepEqual(offers(shown), []);
});

test('the text of a comment is text', () => {
  const shown = section([comment('1', { text: '<script>alert(1)</script>\n\n<b>&' })]);
  assert.match(shown, /&lt;script&gt;alert\(1\)&lt;\/script&gt;\n\n&lt;b&gt;&amp;/);
});

test('what was refused stands beside its form, which is open and has what was typed', () => {
  const faults = new FormFaults({ text: 'Your comment is too long.' });
  const one = comment('1');
  const failed = { action: 'edit', id: one._id, text: 'typed & kept', faults } as const;
  const shown = section([one], { person: person('ann', 'LEARNER'), failed });
  const [form = ''] = /<details class="action"[^>]* open><summary>Edit<.*?<\/details>/s.exec(shown) ?? [];
  assert.match(form, /typed &amp; kept<\/textarea>/);
  assert.match(form, /<p class="fault" id="([^"]+)">Your comment is too long\.<\/p>/);
  assert.equal(shown.match(/too long/g)?.length, 1);
});

test('what was refused of a comment that is not shown any more stands above the comments', () => {
  const faults = new FormFaults({}, 'It is not there.');
  const failed = { action: 'delete', id: 'f'.repeat(24), text: '', faults } as const;
  assert.match(section([comment('1')], { person: person('ann'), failed }), /role="alert">It is not there\./);
});

test('what was refused of a comment that somebody may not change any more is not lost', () => {
  const faults = new FormFaults({}, 'Only its author may change it.');
  const one = comment('1');
  const failed = { action: 'edit', id: one._id, text: 'typed & kept', faults } as const;
  const shown = section([one], { person: person('bob', 'LEARNER'), failed });
  assert.match(shown, /Only its author may change it\..*typed &amp; kept<\/textarea>/s);
});

test('of many replies the way to more is offered while there are more', () => {
  const top = comment('1', { replies: 21 });
  const replies = (count: number) =>
    new Map([
      [
        top._id,
        { shown: Array.from({ length: count }, (_, i) => comment(`${i + 100}`, { parent: top._id })) },
      ],
    ]);
  const open = (portions: number) => ({ slug: 'x', page: 1, open: new Map([[top._id, portions]]) });
  const some = section([top], { place: open(1), replies: replies(20) });
  assert.match(some, new RegExp(`href="/read/x\\?replies=${top._id}\\.2#[^"]+">Show more replies`));
  assert.doesNotMatch(section([top], { place: open(2), replies: replies(21) }), /Show more replies/);
});

test('comments that cannot be had leave words, and the page', () => {
  assert.match(section([], { list: { away: 'Not right now.' } }), /<p class="away">Not right now\.<\/p>/);
});
