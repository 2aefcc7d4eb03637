import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHostPattern } from '../src/routing/host-pattern.ts';
import { createPathPattern } from '../src/routing/path-pattern.ts';
import { parseRequestTarget } from '../src/routing/request-target.ts';
import { Router } from '../src/routing/router.ts';
import { toServicePath } from '../src/routing/service-path.ts';

interface RouteOptions {
  stripPath?: boolean;
  regexPriority?: number;
  hosts?: string[];
  methods?: string[];
  headers?: Record<string, string[]>;
}

function routeOf(name: string, paths: string[], options: RouteOptions = {}) {
  const { stripPath = true, regexPriority = 0, hosts = [], methods = [], headers = {} } = options;
  const patterns = { paths: paths.map(createPathPattern), hosts: hosts.map(createHostPattern) };
  return { name, ...patterns, stripPath, regexPriority, methods, headers };
}

function requestOf(path: string, { method = 'GET', host = '', headers = {} } = {}) {
  const given = new Map<string, string>(Object.entries(headers));
  return { path, method, host, header: (name: string) => given.get(name) };
}

test('router: a plain path is a raw prefix, a regular expression can bound it', () => {
  const router = new Router([routeOf('plain', ['/a']), routeOf('bounded', ['~/auth(?:/|$)'])]);
  const found = (path: string) => {
    const match = router.find(requestOf(path));
    return match && [match.route.name, toServicePath('', match.rest, path)];
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
    routeOf('long', ['/x/y'], { stripPath: false }),
    routeOf('regex', ['~/x/\\d+']),
    routeOf('first', ['~/x/1'], { regexPriority: 5 }),
  ]);
  const nameOf = (path: string) => router.find(requestOf(path))?.route.name;
  assert.equal(nameOf('/x/z'), 'short');
  assert.equal(nameOf('/x/y/z'), 'long');
  assert.equal(router.find(requestOf('/x/y/z'))?.rest, '/x/y/z');
  assert.equal(nameOf('/x/27'), 'regex');
  assert.equal(nameOf('/x/17'), 'first');
});

test('router: hosts count without case and port, plain ones before wildcards; a port in the pattern counts', () => {
  const router = new Router([
    routeOf('any', ['/']),
    routeOf('wild', ['/'], { hosts: ['*.example.com', 'shop.*'] }),
    routeOf('plain', ['/'], { hosts: ['a.example.com'] }),
    routeOf('port', ['/'], { hosts: ['b.example.com:8443'] }),
  ]);
  const nameOf = (host: string) => router.find(requestOf('/x', { host }))?.route.name;
  assert.equal(nameOf('A.Example.com'), 'plain');
  assert.equal(nameOf('a.example.com:8000'), 'plain');
  assert.equal(nameOf('c.example.com:1'), 'wild');
  assert.equal(nameOf('shop.org:80'), 'wild');
  assert.equal(nameOf('example.com'), 'any');
  assert.equal(nameOf('b.example.com:8443'), 'port');
  assert.equal(nameOf('b.example.com'), 'wild');
  for (const wrong of ['a*.com', '*.a.*', 'a b', '*'])
    assert.throws(() => createHostPattern(wrong), SyntaxError);
});

test('router: the route that asks for more is tried first, whatever its path', () => {
  const router = new Router([
    routeOf('regex', ['~/a/.*']),
    routeOf('posted', ['/a'], { methods: ['POST', 'PUT'] }),
    routeOf('marked', ['/a'], { headers: { 'x-version': ['2', 'two'] } }),
    routeOf('both', ['/'], { methods: ['POST'], headers: { 'x-version': ['2'] } }),
  ]);
  const nameOf = (method: string, headers = {}) =>
    router.find(requestOf('/a/b', { method, headers }))?.route.name;
  assert.equal(nameOf('GET'), 'regex');
  assert.equal(nameOf('POST'), 'posted');
  assert.equal(nameOf('GET', { 'x-version': 'TWO' }), 'marked');
  assert.equal(nameOf('POST', { 'x-version': '2' }), 'both');
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
