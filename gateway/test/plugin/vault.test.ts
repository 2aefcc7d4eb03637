import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDeclaration } from '../../src/declaration/declaration.ts';
import { DeclarationError } from '../../src/declaration/errors.ts';
import { pluginKinds } from '../../src/module.ts';
import { blogDeclaration } from './declared-blog.ts';

/** What a service's `host` and a route's `methods` become, for a file that says `host: <text>`. */
function read(host: string, environment: Record<string, string> = {}) {
  const yaml = `
_format_version: "3.0"
services:
  - name: blog
    url: ${host}
    tags: ["{vault://env/a-tag}"]
    routes: [{ name: blog, paths: ["{vault://env/some-path}", /blog] }]
`;
  const [service] = parseDeclaration(yaml, 'kong.yml', pluginKinds, environment).services;
  return service;
}

const complaints = (host: string): readonly string[] => {
  try {
    read(host);
    return [];
  } catch (error) {
    if (error instanceof DeclarationError) return error.complaints;
    throw error;
  }
};

test('vault: a reference is the variable it names, in values and in lists', () => {
  const service = read("'{vault://env/blog-url}'", { BLOG_URL: 'http://blog:8000', SOME_PATH: '/hidden' });
  assert.deepEqual([service?.host, service?.port], ['blog', 8_000]);
  assert.deepEqual(
    service?.routes[0]?.paths.map(({ text }) => text),
    ['/hidden', '/blog'],
  );
});

test('vault: what is not set is absent', () => {
  assert.deepEqual(
    read('http://blog:8000', { SOME_PATH: '' })?.routes[0]?.paths.map(({ text }) => text),
    ['/blog'],
  );
  assert.match(
    complaints("'{vault://env/blog-url}'").join(),
    /kong\.yml:5: services\[0\]\.url or host is required/,
  );
});

test('vault: another vault, or a part of a secret, is a complaint with its place', () => {
  for (const reference of ['{vault://hcv/blog-url}', '{vault://env/blog-url/host}', '{vault://env/}']) {
    assert.match(
      complaints(`'${reference}'`).join(),
      /kong\.yml:5: services\[0\]\.url must look like \{vault:\/\/env\/some-name\}/,
      reference,
    );
  }
});

test('vault: the password of Redis stands in no file, and none is needed', () => {
  const redis = {
    host: 'redis',
    password: '{vault://env/redis-password}',
    username: '{vault://env/redis-user}',
  };
  const config = { minute: 1, limit_by: 'ip', policy: 'redis', redis };
  for (const environment of [{}, { REDIS_PASSWORD: 'secret', REDIS_USER: 'gateway' }]) {
    const yaml = blogDeclaration([{ name: 'rate-limiting', config }]);
    assert.equal(parseDeclaration(yaml, 'kong.yml', pluginKinds, environment).plugins.length, 1);
  }
});
