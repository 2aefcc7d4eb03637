import assert from 'node:assert/strict';
import { test } from 'node:test';
import { articlePath, authorPath, tagPath } from '../../src/layout/address.ts';
import { blogList } from '../../src/layout/blog-list.ts';
import { byline } from '../../src/layout/byline.ts';
import { pageHead } from '../../src/layout/head.ts';
import { timeOf } from '../../src/layout/time.ts';

test('addresses are encoded, whatever tags, slugs and ids are made of', () => {
  assert.equal(tagPath('C++/CLI #1'), '/tag/C%2B%2B%2FCLI%20%231');
  assert.equal(articlePath('"><script>'), '/read/%22%3E%3Cscript%3E');
  assert.equal(authorPath('../x'), '/author/..%2Fx');
});

test('a moment is written for people and for machines', () => {
  const { text } = timeOf('2026-11-26T23:59:30.000Z');
  assert.equal(
    text,
    '<time datetime="2026-11-26T23:59:30.000Z" title="26 November 2026 at 23:59 UTC">26 November 2026</time>',
  );
  assert.match(timeOf('2026-11-26T23:59:30.000Z', { clock: true }).text, />26 November 2026 at 23:59 UTC</);
});

test('a picture comes over http or from this site, or there is the first letter', () => {
  const shown = (profilePicUrl: string) => byline({ _id: 'x', name: 'ñandú', profilePicUrl }).text;
  assert.match(
    shown('https://a.example/x.png'),
    /<img src="https:\/\/a\.example\/x\.png" alt="" width="40" height="40"/,
  );
  for (const address of ['javascript:alert(1)', 'data:image/png;base64,x', '//evil.example/x.png', '']) {
    assert.doesNotMatch(shown(address), /<img/, address);
    assert.match(shown(address), />Ñ</);
  }
});

test('the first article of a list may lead: its picture is not put off, and the others are', () => {
  const blog = (n: number) => ({
    _id: `${n}`,
    title: `T${n}`,
    description: 'D',
    slug: `s${n}`,
    imgUrl: '/x.png',
    tags: ['A'],
  });
  const { text } = blogList([blog(1), blog(2)], { lead: true });
  assert.match(text, /teaser-lead.*fetchpriority="high".*<\/li>.*loading="lazy"/s);
  assert.equal(text.match(/teaser-lead/g)?.length, 1);
  assert.equal(text.match(/<h2>/g)?.length, 2);
});

test('a description is one line, and short', () => {
  const { text } = pageHead({ description: `a "b"\n\n${'ü'.repeat(400)}`, canonical: '/x' });
  assert.match(text, /content="a &quot;b&quot; ü{294}…"/);
  assert.match(text, /rel="canonical" href="\/x"/);
});
