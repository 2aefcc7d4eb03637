import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageOf, pagination } from '../../src/layout/pagination.ts';

test('a page is what the gateway would count, else the first', () => {
  const page = (text: string) => pageOf(new URLSearchParams(text));
  assert.deepEqual(
    ['', 'page=', 'page=2', 'page=1000', 'page=1001', 'page=0', 'page=-1', 'page=1e2', 'page=%202'].map(page),
    [1, 1, 2, 1_000, 1, 1, 1, 1, 1],
  );
  assert.equal(pageOf(new URLSearchParams('comments=3'), 'comments'), 3);
});

test('there are ways on where there are pages', () => {
  const address = (page: number) => `/?page=${page}`;
  const ways = (page: number, more: boolean) =>
    [...pagination({ page, more, address }).text.matchAll(/rel="(\w+)" href="([^"]+)"/g)].map(
      ([, rel, href]) => [rel, href],
    );
  assert.equal(pagination({ page: 1, more: false, address }).text, '');
  assert.deepEqual(ways(1, true), [['next', '/?page=2']]);
  assert.deepEqual(ways(2, true), [
    ['prev', '/?page=1'],
    ['next', '/?page=3'],
  ]);
  assert.deepEqual(ways(2, false), [['prev', '/?page=1']]);
  assert.deepEqual(ways(1_000, true), [['prev', '/?page=999']], 'the gateway counts no further');
});
