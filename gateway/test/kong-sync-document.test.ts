import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseKongFile } from '../src/kong-sync/kong-file.ts';
import { toLiveDocument } from '../src/kong-sync/live-document.ts';

const file = parseKongFile(
  `
_format_version: "3.0"
services:
  - name: auth
    url: http://auth:8000
    tags: [nats:auth, team-a]
    retries: 1
    routes:
      - name: auth
        paths: [/auth]
        plugins:
          - name: apikey-auth-plugin
            config: { verification_urls: ["http://auth:8000/verify/apikey", "http://elsewhere:8000/x"] }
  - name: auth-signin
    protocol: http
    host: auth
    port: 8000
    path: /signin
    tags: [nats:auth]
  - name: blog
    url: http://blog_upstream
  - name: plain
    url: http://plain:9000/base
upstreams:
  - name: blog_upstream
    tags: [nats:blog]
    healthchecks: { active: { http_path: /health } }
    targets:
      - { target: blog1, weight: 50 }
      - { target: "blog2:8000" }
  - name: plain_upstream
    targets: [{ target: "plain1:8000" }]
plugins:
  - name: apikey-auth-plugin
    config: { verification_urls: ["http://blog2:8000/verify/apikey?x=1", "http://blog1:8000/verify/apikey?x=1"] }
  - name: prometheus
`,
  'kong.yml',
);
const { document } = file;

test('live document: a plain host becomes an upstream of the instances, with protocol, port and path as they were', () => {
  const live = toLiveDocument(document, new Map([['auth', ['10.0.0.1:8001', '10.0.0.2:8001']]]));
  assert.partialDeepStrictEqual(live, {
    services: [
      { name: 'auth', url: 'http://auth-instances:8000', retries: 1, tags: ['nats:auth', 'team-a'] },
      { name: 'auth-signin', protocol: 'http', host: 'auth-instances', port: 8000, path: '/signin' },
      { name: 'blog', url: 'http://blog_upstream' },
      { name: 'plain', url: 'http://plain:9000/base' },
    ],
    upstreams: [
      { name: 'blog_upstream', targets: [{ target: 'blog1', weight: 50 }, { target: 'blog2:8000' }] },
      { name: 'plain_upstream', targets: [{ target: 'plain1:8000' }] },
      {
        name: 'auth-instances',
        targets: [
          { target: '10.0.0.1:8001', weight: 100 },
          { target: '10.0.0.2:8001', weight: 100 },
        ],
      },
    ],
  });
});

test('live document: the targets of a tagged upstream are the instances; what is written for one of them holds', () => {
  const live = toLiveDocument(document, new Map([['blog', ['blog1:8000', '[::1]:8000']]]));
  assert.partialDeepStrictEqual(live, {
    upstreams: [
      {
        name: 'blog_upstream',
        healthchecks: { active: { http_path: '/health' } },
        targets: [
          { target: 'blog1', weight: 50 },
          { target: '[::1]:8000', weight: 100 },
        ],
      },
      { name: 'plain_upstream', targets: [{ target: 'plain1:8000' }] },
    ],
    services: [{ url: 'http://auth:8000' }, { host: 'auth' }, {}, {}],
  });
});

test('live document: URLs of the plugin become those of the instances wherever it stands, others stay', () => {
  const live = toLiveDocument(
    document,
    new Map([
      ['auth', ['10.0.0.1:8001', '10.0.0.2:8001']],
      ['blog', ['10.0.0.3:8002']],
    ]),
  );
  assert.partialDeepStrictEqual(live, {
    services: [
      {
        routes: [
          {
            plugins: [
              {
                config: {
                  verification_urls: [
                    'http://10.0.0.1:8001/verify/apikey',
                    'http://10.0.0.2:8001/verify/apikey',
                    'http://elsewhere:8000/x',
                  ],
                },
              },
            ],
          },
        ],
      },
      {},
      {},
      {},
    ],
    plugins: [
      { config: { verification_urls: ['http://10.0.0.3:8002/verify/apikey?x=1'] } },
      { name: 'prometheus' },
    ],
  });
});

test('live document: with nothing known it is the file, which is never written to', () => {
  const before = structuredClone(document);
  assert.deepEqual(toLiveDocument(document, new Map()), document);
  toLiveDocument(document, new Map([['auth', ['10.0.0.1:8001']]]));
  assert.deepEqual(document, before);
  assert.deepEqual(file.services, ['auth', 'blog']);
});

test('kong file: what discovery cannot work with is a complaint that names the entity', () => {
  const complaints = (yaml: string) => {
    try {
      parseKongFile(yaml, 'kong.yml');
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
    return '';
  };
  assert.match(
    complaints('services: [{ name: a, url: "http://a", tags: ["nats:x.>"] }]'),
    /a: the tag nats:x\.>/,
  );
  assert.match(complaints('upstreams: [{ name: u, tags: ["nats:x", "nats:y"] }]'), /u: has several tags/);
  assert.match(complaints('services: [{ name: a, tags: ["nats:x"] }]'), /a: needs a url or a host/);
  assert.match(
    complaints('{ services: [{ name: a, url: "http://u", tags: ["nats:x"] }], upstreams: [{ name: u }] }'),
    /a: its host is an upstream/,
  );
  assert.match(
    complaints('{ services: [{ name: a, host: b, tags: ["nats:x"] }], upstreams: [{ name: x-instances }] }'),
    /a: an upstream is named x-instances/,
  );
  assert.match(
    complaints('{ targets: [{ target: "a:1" }], upstreams: [{ name: u, tags: ["nats:x"] }] }'),
    /targets: have to stand in their upstreams/,
  );
  assert.match(complaints('services: [\n  {'), /kong\.yml[\s\S]*line 2/);
  assert.match(complaints('- a'), /must be a mapping/);
});
