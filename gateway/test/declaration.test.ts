import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseDeclaration, readDeclaration, servicesToDiscover } from '../src/declaration/declaration.ts';
import { DeclarationError } from '../src/declaration/errors.ts';
import { pluginKinds } from '../src/module.ts';

const pathOf = (name: string) => fileURLToPath(new URL(`../kong/${name}`, import.meta.url));

function complaintsOf(yaml: string): readonly string[] {
  try {
    parseDeclaration(yaml, 'kong.yml', pluginKinds);
  } catch (error) {
    assert.ok(error instanceof DeclarationError);
    return error.complaints;
  }
  return [];
}

test('declaration: the files of the project are read as they stand', async () => {
  const single = await readDeclaration(pathOf('kong.yml'), pluginKinds);
  const balanced = await readDeclaration(pathOf('kong-load-balanced.yml'), pluginKinds);
  const times = [2300, 1];
  for (const { services, plugins } of [single, balanced]) {
    assert.deepEqual(
      services.map(({ name, pathPrefix, readTimeoutMs, retries, routes }) => ({
        name,
        pathPrefix,
        times: [readTimeoutMs, retries],
        routes: routes.map(({ name: route, stripPath, paths }) => [route, stripPath, paths[0]?.text]),
      })),
      [
        { name: 'auth', pathPrefix: '', times, routes: [['auth', true, '~/auth(?:/|$)']] },
        {
          name: 'auth-signin',
          pathPrefix: '/signin',
          times,
          routes: [['auth-signin', true, '~/auth/signin(?:/|$)']],
        },
        {
          name: 'auth-signup',
          pathPrefix: '/signup',
          times,
          routes: [['auth-signup', true, '~/auth/signup(?:/|$)']],
        },
        { name: 'blog', pathPrefix: '', times, routes: [['blog', true, '~/blog(?:/|$)']] },
        { name: 'front', pathPrefix: '', times: [4800, 1], routes: [['front', false, '~/$']] },
        {
          name: 'console',
          pathPrefix: '',
          times: [60_000, 1],
          routes: [['console', false, '~/console(?:/|$)']],
        },
      ],
    );
    assert.deepEqual(plugins.map(({ kind }) => kind.name).sort(), pluginKinds.map(({ name }) => name).sort());
    assert.ok(plugins.every(({ enabled }) => enabled));
  }
  assert.deepEqual(servicesToDiscover(single), ['auth', 'blog', 'console', 'front']);
  assert.deepEqual(servicesToDiscover(balanced), ['auth', 'blog', 'console', 'front']);
  assert.deepEqual(
    balanced.upstreams.map(({ name, targets }) => [name, targets.map(({ host }) => host).join()]),
    [
      ['auth_upstream', 'auth1,auth2'],
      ['blog_upstream', 'blog1,blog2'],
      ['front_upstream', 'front1,front2'],
    ],
  );
});

test('declaration: what is left out has the value that Kong gives it', () => {
  const yaml = '_format_version: "3.0"\nservices:\n  - {name: a, host: a.b, routes: [{paths: [/a]}]}\n';
  const { services } = parseDeclaration(yaml, 'kong.yml', pluginKinds);
  const [service] = services;
  assert.equal(service?.port, 80);
  assert.equal(service?.connectTimeoutMs, 60_000);
  assert.equal(service?.readTimeoutMs, 60_000);
  assert.equal(service?.writeTimeoutMs, 60_000);
  assert.equal(service?.retries, 5);
  assert.equal(service?.routes[0]?.stripPath, true);
  assert.equal(service?.routes[0]?.preserveHost, false);
  assert.equal(service?.routes[0]?.regexPriority, 0);
});

test('declaration: a file of gomicro, in format 2.1, is read as it is', () => {
  const yaml = `_format_version: "2.1"
_transform: true
services:
  - name: auth
    url: http://auth:8000
    routes:
      - name: auth
        paths:
          - /auth
plugins:
  - name: apikey-auth-plugin
    config:
      verification_urls:
        - http://auth:8000/verify/apikey
`;
  const { services, plugins } = parseDeclaration(yaml, 'kong.yml', pluginKinds);
  assert.equal(services[0]?.routes[0]?.paths[0]?.match('/authors'), 5);
  assert.equal(plugins.length, 1);
  assert.match(complaintsOf(yaml.replace('- /auth\n', '- /auth(/|$)\n')).join(), /mark it by ~/);
});

test('declaration: every fault is named at once, with file, line and field', () => {
  const yaml = `_format_version: "3.1"
consumers: []
services:
  - name: auth
    url: https://auth:8000
    retires: 1
    read_timeout: soon
    routes:
      - name: auth
        paths: [auth, "~/a(?=b)", "~/a("]
        sni: [example.org]
  - name: auth
plugins:
  - name: jwt
  - name: apikey-auth-plugin
    config:
      verification_urls: [nowhere]
      cache_ttl: 10
`;
  const complaints = complaintsOf(yaml);
  const expected = [
    /^kong\.yml:1: _format_version must be one of "1\.1", "2\.1", "3\.0"$/,
    /^kong\.yml:2: consumers is not a field known here \(known are _format_version, .*services, upstreams, plugins\)$/,
    /^kong\.yml:5: services\[0\]\.url must look like/,
    /^kong\.yml:6: services\[0\]\.retires is not a field known here/,
    /^kong\.yml:7: services\[0\]\.read_timeout must be a whole number/,
    /^kong\.yml:10: services\[0\]\.routes\[0\]\.paths\[0\] must begin with/,
    /^kong\.yml:10: services\[0\]\.routes\[0\]\.paths\[1\] must not use look-around/,
    /^kong\.yml:10: services\[0\]\.routes\[0\]\.paths\[2\] is not a regular expression$/,
    /^kong\.yml:11: services\[0\]\.routes\[0\]\.sni is not a field known here/,
    /^kong\.yml:12: services\[1\]\.url or host is required$/,
    /^kong\.yml: two services are named auth$/,
    /^kong\.yml:14: plugins\[0\]\.name names no plugin/,
    /^kong\.yml:17: plugins\[1\]\.config\.verification_urls\[0\] must look like/,
    /^kong\.yml:18: plugins\[1\]\.config\.cache_ttl is not a field known here/,
  ];
  for (const pattern of expected) {
    assert.ok(
      complaints.some((complaint) => pattern.test(complaint)),
      `${pattern} is not among\n${complaints.join('\n')}`,
    );
  }
  assert.equal(complaints.length, expected.length, complaints.join('\n'));
});

test('declaration: broken YAML, twice the same field and a file that is not there say so', async () => {
  assert.match(complaintsOf('_format_version: "3.0"\nservices: [\n').join(), /^kong\.yml:\d+: /);
  assert.match(
    complaintsOf('_format_version: "3.0"\n_format_version: "3.0"\n').join(),
    /^kong\.yml:2: .*unique/,
  );
  assert.match(complaintsOf('').join(), /^kong\.yml:1: the file must be a mapping/);
  await assert.rejects(readDeclaration('/nowhere/kong.yml', pluginKinds), {
    name: 'DeclarationError',
    message: /\/nowhere\/kong\.yml cannot be used:\n.*ENOENT/,
  });
});

test('declaration: a wrong value in the real file is found at its line', async () => {
  const yaml = await readFile(pathOf('kong.yml'), 'utf8');
  assert.deepEqual(complaintsOf(yaml.replace('cache_ttl_sec: 10', 'cache_ttl_sec: -1')), [
    `kong.yml:${yaml.split('\n').findIndex((line) => line.includes('cache_ttl_sec')) + 1}: plugins[5].config.cache_ttl_sec must be a whole number from 0 to 3600`,
  ]);
});
