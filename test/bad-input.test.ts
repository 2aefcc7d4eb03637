// Generated malformed and hostile requests over every call of the contract: none gives a 5xx, an answer without the
// envelope, a word of what lies underneath, or takes long; and none leaves anything stored.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, type TestContext, test } from 'node:test';
import { type Answer, System } from './system.ts';

let system: System;
let token = '';
let refreshToken = '';
before(async () => {
  system = await System.open();
  const signUp = { email: 'fuzz@example.com', password: 'secret1', name: 'Fuzz' };
  await system.ask('POST', '/auth/signup/basic', { body: signUp });
  ({ accessToken: token, refreshToken } = await system.signIn());
});
after(() => system[Symbol.asyncDispose]());

const nobody = '00000000-0000-4000-8000-000000000000';

/** Every call that takes a body, with a good one: each of its fields is spoilt in turn. */
const bodies: [method: string, path: string, good: Record<string, unknown>][] = [
  [
    'POST',
    '/auth/signup/basic',
    { email: 'new@example.com', password: 'secret1', name: 'New', profilePicUrl: 'https://a.b/c.png' },
  ],
  ['POST', '/auth/signin/basic', { email: 'admin@afteracademy.com', password: 'changeit' }],
  ['POST', '/auth/token/refresh', { refreshToken: 'x' }],
  [
    'POST',
    '/blog/author',
    {
      title: 'Title',
      description: 'Description',
      draftText: 'Text',
      slug: 'slug',
      imgUrl: '/i.png',
      tags: ['T'],
    },
  ],
  [
    'PUT',
    '/blog/author',
    {
      _id: '0123456789abcdef01234567',
      title: 'Title',
      description: 'Description',
      draftText: 'Text',
      slug: 'slug',
      imgUrl: '/i.png',
      tags: ['T'],
    },
  ],
  ['PUT', '/blog/editor/tags/T', { tag: 'U' }],
  [
    'POST',
    '/blog/comments/blog/0123456789abcdef01234567',
    { text: 'Text', parent: '0123456789abcdef01234567' },
  ],
  ['PUT', '/blog/comments/id/0123456789abcdef01234567', { text: 'Text' }],
  ['PUT', '/auth/profile/password', { currentPassword: 'another', newPassword: 'a-long-password' }],
  ['PUT', `/auth/admin/users/id/${nobody}/roles`, { roles: ['LEARNER'] }],
  ['PUT', `/auth/admin/users/id/${nobody}/status`, { active: true }],
  ['POST', '/auth/apikeys', { permissions: ['GENERAL'], expiresAt: '2999-01-01T00:00:00Z' }],
];

/** The same of calls that need none of their fields. */
const looseBodies: typeof bodies = [
  ['PUT', '/auth/profile/mine', { name: 'Fuzz', profilePicUrl: 'https://a.b/c.png' }],
  ['POST', `/auth/apikeys/id/${nobody}/rotate`, { graceSec: 0 }],
];

/** Every call with a parameter or a query. */
const paths = [
  '/auth/profile/id/{}',
  '/blog/id/{}',
  '/blog/list/similar/id/{}',
  '/blog/author/id/{}',
  '/blog/editor/id/{}',
  '/blog/slug/{}',
  '/blog/list/tag/{}',
  '/blog/list/latest?page={}',
  '/blog/list/latest?limit={}',
  '/blog/author/drafts?page={}',
  '/blog/editor/submitted?limit={}',
  '/blog/list/tag/T?page={}',
  '/blog/list/author/{}',
  '/blog/list/search?q={}',
  '/blog/list/search?q=a&page={}',
  '/blog/tags?page={}',
  '/blog/tags?limit={}',
  '/blog/comments/blog/{}',
  '/blog/comments/blog/0123456789abcdef01234567?parent={}',
  '/auth/admin/users?search={}',
  '/auth/admin/users?page={}',
  '/auth/apikeys?limit={}',
  '/auth/apikeys/id/{}',
];

/** Every call that changes something, with a parameter. */
const changingPaths: [method: string, path: string][] = [
  ['DELETE', '/auth/sessions/id/{}'],
  ['DELETE', '/auth/apikeys/id/{}'],
  ['POST', '/auth/apikeys/id/{}/rotate'],
  ['DELETE', '/blog/author/id/{}'],
  ['PUT', '/blog/author/submit/id/{}'],
  ['PUT', '/blog/author/withdraw/id/{}'],
  ['PUT', '/blog/editor/publish/id/{}'],
  ['PUT', '/blog/editor/unpublish/id/{}'],
  ['PUT', '/blog/editor/comments/hide/id/{}'],
  ['PUT', '/blog/editor/comments/unhide/id/{}'],
  ['DELETE', '/blog/comments/id/{}'],
  ['DELETE', '/blog/editor/tags/{}'],
];

const spoilt: unknown[] = [
  null,
  '',
  ' ',
  '\t\n',
  0,
  -1,
  1e308,
  true,
  [],
  {},
  [[]],
  { $ne: null },
  { $gt: '' },
  { $where: 'sleep(1000)' },
  ['$ne'],
  { $regex: '.*' },
  { toString: 1 },
  '\0',
  'a\0b',
  '\ud800',
  '\u202e',
  "' OR 1=1 --",
  '"; DROP TABLE users; --',
  '#{7*7}',
  '{{7*7}}',
  '../../etc/passwd',
  'javascript:alert(1)',
  'data:text/html,<script>',
  '<svg onload=alert(1)>',
  '//evil.example',
  'x'.repeat(100_000),
  '🌍'.repeat(30_000),
  Number.MAX_SAFE_INTEGER,
  '9'.repeat(400),
  { __proto__: null, constructor: { prototype: {} } },
];

const inPath = [
  'undefined',
  'null',
  '0',
  '-1',
  'NaN',
  '1e9',
  '99999999999999999999',
  '%00',
  'a%00b',
  '%ff%fe',
  '%F0%9F%8C%8D',
  "'%20OR%201=1",
  '%7B%22$ne%22:null%7D',
  '0123456789abcdef0123456',
  '0123456789abcdef012345678',
  'zzzzzzzzzzzzzzzzzzzzzzzz',
  '00000000-0000-0000-0000-000000000000',
  '%2e%2e%2f',
  '..%5c',
  '[$ne]=1',
  '%22',
  '$where',
  'x'.repeat(2_000),
  '(a%2B)%2B$',
  '%25',
  '%E2%80%AE',
  '<script>',
];

const rawBodies = [
  '',
  '{',
  '}',
  '[',
  'null',
  'true',
  '"x"',
  '[]',
  '[{}]',
  '{"a":',
  '{"a":1,}',
  "{'a':1}",
  '{"a":1}{"b":2}',
  '\ufeff{}',
  'NaN',
  '{"a":NaN}',
  '{"__proto__":{"roles":["ADMIN"]}}',
  '{"constructor":{"prototype":{"admin":true}}}',
  '{"a":"\\ud800"}',
  '{"a":"\\u0000"}',
  '{"a":"\u0001"}',
  '['.repeat(10_000),
  `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`,
  `{"a":"${'x'.repeat(900_000)}"}`,
  'x'.repeat(10_000_000),
  '\0\0\0\0',
];

function judge(what: string, answer: Answer): void {
  const said = `${what}: ${answer.status} ${answer.text.slice(0, 200)} after ${Math.round(answer.ms)} ms`;
  assert.ok(answer.status < 500, said);
  assert.equal(answer.body?.status, answer.status, said);
  assert.ok(answer.body?.code === (answer.status === 200 ? '10000' : '10001'), said);
  // A token of a good answer may spell anything.
  const words = answer.status === 200 ? '' : answer.text;
  assert.doesNotMatch(
    words,
    /\b(?:sql|syntax error|relation|mongo|bson|kysely|E11000|ajv|stack|node_modules)\b|\/src\/|\.ts:\d/i,
    said,
  );
  assert.ok(answer.ms < 3_000, said);
}

/** Runs the requests, a few at a time, and counts them. */
async function judgeAll(t: TestContext, requests: (() => Promise<[string, Answer]>)[]): Promise<number> {
  const queue = [...requests];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) judge(...(await next()));
    }),
  );
  t.diagnostic(`${requests.length} requests`);
  return requests.length;
}

const stored = async () => {
  const lists = ['/blog/author/drafts', '/blog/author/submitted', '/blog/author/published'];
  return Promise.all(
    lists.map(async (path) => (await system.ask('GET', `${path}?limit=1000`, { token })).body?.data),
  );
};

test('bad input: every field of every body, spoilt in every way', async (t) => {
  const before = await stored();
  const requests = [...bodies, ...looseBodies].flatMap(([method, path, good]) =>
    Object.keys(good).flatMap((field) =>
      spoilt.map((value, i) => async (): Promise<[string, Answer]> => {
        const answer = await system.ask(method, path, { token, body: { ...good, [field]: value } });
        // What is spoilt in one field only may be a good value of it (a title may be '<svg>'), but never an operator or NUL.
        if (typeof value === 'object' && value !== null)
          assert.notEqual(answer.status, 200, `${path} ${field} ${JSON.stringify(value)}`);
        return [`${method} ${path} ${field}=${JSON.stringify(value)?.slice(0, 40)} (${i})`, answer];
      }),
    ),
  );
  assert.ok((await judgeAll(t, requests)) > 500);
  const after = await stored();
  // Good values have been stored, once each slug allows; nothing that is no text ever was.
  for (const blog of (after[0] as Record<string, unknown>[]) ?? []) {
    for (const field of ['title', 'description', 'slug']) assert.equal(typeof blog[field], 'string');
    assert.doesNotMatch(JSON.stringify(blog), /\\u0000/);
  }
  assert.deepEqual(after.slice(1), before.slice(1));
});

test('bad input: every parameter and query, spoilt in every way', async (t) => {
  const reads = paths.map((path) => ['GET', path] as const);
  const requests = [...reads, ...changingPaths].flatMap(([method, path]) =>
    inPath.map((value) => async (): Promise<[string, Answer]> => {
      const target = path.replace('{}', () => value);
      return [`${method} ${target.slice(0, 80)}`, await system.ask(method, target, { token })];
    }),
  );
  assert.ok((await judgeAll(t, requests)) > 300);
});

test('bad input: bodies that are no JSON objects, of every kind and size', async (t) => {
  const requests = bodies.flatMap(([method, path]) =>
    rawBodies.map((body) => async (): Promise<[string, Answer]> => {
      const answer = await system.ask(method, path, { token, body });
      assert.ok([400, 401, 413].includes(answer.status), `${path} ${body.slice(0, 40)}: ${answer.status}`);
      return [`${method} ${path} ${body.slice(0, 40)}`, answer];
    }),
  );
  await judgeAll(t, requests);
});

const base64url = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

test('bad input: tokens of every wrong kind are a 401 in both services', async () => {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const { rsaPublicKey } = await system.addresses();
  const publicPem = await readFile(rsaPublicKey, 'utf8');
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const hs256 = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${payload}`;
  const ownHeader = {
    alg: 'RS256',
    jwk: stranger.publicKey.export({ format: 'jwk' }),
    jku: 'http://127.0.0.1:1/jwks',
    x5u: 'http://127.0.0.1:1/',
  };
  const signedByStranger = (head: object) => {
    const content = `${base64url(head)}.${payload}`;
    return `${content}.${sign('sha256', Buffer.from(content), stranger.privateKey).toString('base64url')}`;
  };
  const tokens: [what: string, token: string][] = [
    ['alg none', `${base64url({ alg: 'none' })}.${payload}.`],
    ['alg None', `${base64url({ alg: 'None' })}.${payload}.${signature}`],
    [
      'HS256 with the public key',
      `${hs256}.${createHmac('sha256', publicPem).update(hs256).digest('base64url')}`,
    ],
    ['another key', signedByStranger({ alg: 'RS256' })],
    ['another key with our kid', signedByStranger(JSON.parse(Buffer.from(header, 'base64url').toString()))],
    ['a key of its own in the header', signedByStranger(ownHeader)],
    [
      'other claims',
      `${header}.${base64url({ ...claims, sub: '00000000-0000-4000-8000-000000000000' })}.${signature}`,
    ],
    ['no signature', `${header}.${payload}.`],
    ['half of it', token.slice(0, token.length / 2)],
    ['a refresh token', refreshToken],
    ['very long', `${header}.${'x'.repeat(7_000)}.${signature}`],
    ['a word', 'token'],
    ['an object', '{"$ne":null}'],
  ];
  for (const [what, forged] of tokens) {
    for (const path of ['/auth/profile/mine', '/blog/author/drafts']) {
      const answer = await system.ask('GET', path, { token: forged });
      judge(`${what} at ${path}`, answer);
      assert.equal(answer.status, 401, `${what} at ${path}`);
    }
  }
  for (const authorization of [
    '',
    'Bearer',
    'Bearer ',
    `Basic ${token}`,
    token,
    `Bearer ${token} x`,
    `Bearer  ${token}x`,
  ]) {
    for (const path of ['/auth/profile/mine', '/blog/author/drafts']) {
      const answer = await system.ask('GET', path, { headers: { authorization } });
      assert.equal(answer.status, 401, `"${authorization.slice(0, 20)}" at ${path}`);
    }
  }
  const lower = await system.ask('GET', '/blog/author/drafts', {
    headers: { authorization: `bEaReR ${token}` },
  });
  assert.equal(lower.status, 200, 'the scheme in any case');
});

test('bad input: sizes beyond the limits are 413, 414 and 431 in the envelope, at the gateway and at the services', async () => {
  const { gateway, auth, blog } = await system.addresses();
  for (const at of [gateway, auth, blog]) {
    const path = at === gateway ? '/auth/signin/basic' : '/signin/basic';
    const cases: [number, Answer][] = [
      [
        413,
        await system.ask('POST', at === blog ? '/author' : path, {
          at,
          token,
          body: `{"email":"${'x'.repeat(10_000_000)}"}`,
        }),
      ],
      [414, await system.ask('GET', `/auth/${'x'.repeat(9_000)}`, { at })],
      [431, await system.ask('GET', path, { at, headers: { 'x-large': 'x'.repeat(100_000) } })],
    ];
    for (const [status, answer] of cases) {
      judge(`${status} at ${at}`, answer);
      assert.equal(answer.status, status, at);
    }
  }
});

test('bad input: after all of it the system is healthy and nobody has been promoted', async () => {
  const body = { email: 'fuzz@example.com', password: 'secret1' };
  const { user } = await system.data<{ user: { roles: { code: string }[] } }>('POST', '/auth/signin/basic', {
    body,
  });
  assert.deepEqual(
    user.roles.map(({ code }) => code),
    ['LEARNER'],
  );
  assert.equal((await system.ask('GET', '/auth/profile/mine', { token })).status, 200);
  assert.equal((await system.ask('GET', '/blog/list/latest')).status, 200);
});
