import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPathPattern } from '../src/routing/path-pattern.ts';
import { parseRequestTarget } from '../src/routing/request-target.ts';
import { Router } from '../src/routing/router.ts';

function routeOf(name: string, paths: string[], stripPath = true, regexPriority = 0) {
  return { name, paths: paths.map(createPathPattern), stripPath, regexPriority };
}

test('router: a plain path is a raw prefix, a regular expression can bound it', () => {
  const router = new Router([routeOf('plain', ['/a']), routeOf('bounded', ['~/auth(?:/|$)'])]);
  const found = (path: string) => {
    const match = router.find(path);
    return match && [match.route.name, match.path];
  };
  assert.deepEqual(found('/auth'), ['bounded', '/']);
  assert.deepEqual(found('/auth/'), ['bounded', '/']);
  assert.deepEqual(found('/auth/x/y'), ['bounded', '/x/y']);
  assert.deepEqual(found('/authx'), ['plain', '/uthx']);
  assert.equal(found('/Auth/x'), undefined);
  assert.equal(found('/'), undefined);
});

test('router: regular expressions first, by priority, then the longer path; unstripped where said', () => {
  const router = new Router([
    routeOf('short', ['/x']),
    routeOf('long', ['/x/y'], false),
    routeOf('regex', ['~/x/\\d+']),
    routeOf('first', ['~/x/1'], true, 5),
  ]);
  const nameOf = (path: string) => router.find(path)?.route.name;
  assert.equal(nameOf('/x/z'), 'short');
  assert.equal(nameOf('/x/y/z'), 'long');
  assert.equal(router.find('/x/y/z')?.path, '/x/y/z');
  assert.equal(nameOf('/x/27'), 'regex');
  assert.equal(nameOf('/x/17'), 'first');
});

test('request target: what has one reading is normalised once, the query is left alone', () => {
  const normal = [
    ['/', '/', ''],
    ['/blog/id/1?x=%2e%2e//&y=%zz', '/blog/id/1', '?x=%2e%2e//&y=%zz'],
    ['/%61uth/health', '/auth/health', ''],
    ['/blog/list/tag/A%2fB', '/blog/list/tag/A%2FB', ''],
    ['/blog/list/tag/C%23%20%3f', '/blog/list/tag/C%23%20%3F', ''],
    ['/blog/slug/caf%c3%a9', '/blog/slug/caf%C3%A9', ''],
    ['/blog/slug/a.b..c', '/blog/slug/a.b..c', ''],
    ['/auth/.well-known/jwks.json', '/auth/.well-known/jwks.json', ''],
    ['/a%252e', '/a%252e', ''],
    ['/x?', '/x', '?'],
  ];
  for (const [url = '', path, query] of normal) {
    assert.deepEqual(parseRequestTarget(url), { path, query }, url);
  }
});

test('request target: what two readers could understand differently is refused', () => {
  const refused = [
    '',
    '*',
    'http://other/auth/health',
    '/a/../b',
    '/a/..',
    '/a/./b',
    '/a/%2e%2e/b',
    '/a/.%2E',
    '/a/%2e',
    '/a/..;/b',
    '/a/..%2fb',
    '/a/x%2f..%2fb',
    '//a',
    '/a//b',
    '/auth%2Fhealth',
    '/auth%2fx/health',
    '/a\\b',
    '/a%5cb',
    '/a%00',
    '/auth/health%0a',
    '/a%0D%0Ax:%20y',
    '/a%7f',
    '/a%',
    '/a%4',
    '/a%zz',
    '/a%c0%af',
    '/a%ff',
    '/a#b',
    '/a b',
    '/caf\u00e9',
    '/a?q=\u00e9',
    '/a?q=\u0001',
  ];
  for (const url of refused) assert.equal(parseRequestTarget(url), undefined, url);
});
