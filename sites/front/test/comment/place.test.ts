import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redirect } from '@tsmicro/web';
import { placeAddress, placeFrom, placeOf, withReplies } from '../../src/comment/place.ts';

const [a, b] = ['a'.repeat(24), 'b'.repeat(24)];

test('a place comes back from its address, whatever the slug is made of', () => {
  for (const slug of ['plain', 'C++/no', 'ü?&=#', '%2F', '日本語']) {
    const place = {
      slug,
      page: 3,
      open: new Map([
        [a, 1],
        [b, 4],
      ]),
    };
    assert.deepEqual(placeFrom(placeAddress(place)), place);
    assert.deepEqual(placeFrom(placeAddress(place, 'comments')), place);
  }
  assert.equal(placeAddress({ slug: 'x', page: 1, open: new Map() }), '/read/x');
});

test('what is no article of this site is no place', () => {
  const addresses = [
    '',
    '/',
    '/read/',
    '/read/a/b',
    '/write/x',
    'https://evil.example/',
    '//evil.example',
    '/read/%zz',
  ];
  for (const address of addresses) assert.equal(placeFrom(address), undefined, address);
});

test('only what can be an id opens replies, each once, and of many the last ones', () => {
  const ids = Array.from({ length: 12 }, (_, i) => i.toString(16).padStart(24, '0'));
  const query = (values: string[]) =>
    new URLSearchParams(values.map((value): [string, string] => ['replies', value]));
  assert.deepEqual(placeOf('x', query(['z', `${a}.0`, `${a}.100`, `${a}'`, '', a])).open, new Map([[a, 1]]));
  assert.deepEqual(placeOf('x', query([a, `${a}.2`])).open, new Map([[a, 2]]));
  assert.deepEqual([...placeOf('x', query(ids)).open.keys()], ids.slice(-8));
});

test('replies are shown, more of them, and no more', () => {
  const place = { slug: 'x', page: 2, open: new Map([[a, 1]]) };
  assert.equal(placeAddress(withReplies(place, b, 1)), `/read/x?comments=2&replies=${a}&replies=${b}`);
  assert.equal(placeAddress(withReplies(place, a, 2)), `/read/x?comments=2&replies=${a}.2`);
  assert.equal(placeAddress(withReplies(place, a, 0)), '/read/x?comments=2');
});

test('the longest name of an article can be gone back to', () => {
  const place = { slug: '😀'.repeat(200), page: 1_000, open: new Map([[a, 50]]) };
  assert.equal(redirect(placeAddress(place, 'comments')).to, placeAddress(place, 'comments'));
});
