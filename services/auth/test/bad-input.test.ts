import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from '@tsmicro/postgres';
import type { Answer, AuthClient } from './auth-client.ts';
import { type AuthFixture, openAuth } from './auth-fixture.ts';

const values: unknown[] = [
  { $ne: null },
  { $gt: '' },
  ['a@b.co'],
  [],
  {},
  true,
  0,
  1e308,
  '',
  ' ',
  '\0',
  'a\0@example.com',
  '\ud800',
  "'; drop table users; --",
  '<script>',
  'javascript:alert(1)',
  'x'.repeat(100_000),
];

describe('bad input', () => {
  let auth: AuthFixture;
  let client: AuthClient;

  before(async () => {
    auth = await openAuth();
    client = auth.client;
  });
  after(() => auth[Symbol.asyncDispose]());

  async function count(): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select (select count(*) from users)::int + (select count(*) from keystore)::int as count
    `.execute(auth.surroundings.database.db);
    return rows[0]?.count ?? 0;
  }

  function assertClean({ status, body }: Answer, what: string): void {
    assert.ok(status >= 400 && status < 500, `${what}: ${status}`);
    assert.equal(body.code, '10001');
    assert.equal(body.status, status);
    assert.doesNotMatch(
      JSON.stringify(body),
      /sql|postgres|syntax|column|relation|node_modules|\.ts:| {4}at /i,
      what,
    );
  }

  test('no value of any field is a fault of ours or leaves anything stored', async () => {
    const { tokens } = await client.signUp();
    const before = await count();
    const good: Record<string, Record<string, unknown>> = {
      'POST /signup/basic': {
        email: 'new@example.com',
        password: 'correct horse',
        name: 'Ann',
        profilePicUrl: 'https://a.co/p',
      },
      'POST /signin/basic': { email: 'new@example.com', password: 'correct horse' },
      'POST /token/refresh': { refreshToken: 'x' },
      'PUT /profile/mine': { name: 'Ann', profilePicUrl: 'https://a.co/p' },
      'PUT /profile/password': { currentPassword: 'wrong horse', newPassword: 'battery staple' },
    };
    for (const [route, body] of Object.entries(good)) {
      const [method = '', path = ''] = route.split(' ');
      for (const field of Object.keys(body)) {
        // Other texts are fine names, and fine passwords of nobody.
        for (const value of values.filter((value) => field !== 'name' || !/^['<j]/.test(String(value)))) {
          if (field === 'password' && path === '/signup/basic' && /^['<j]/.test(String(value))) continue;
          // That takes the picture away.
          if (field === 'profilePicUrl' && path === '/profile/mine' && value === '') continue;
          const answer = await client.call(method, path, {
            body: { ...body, [field]: value },
            token: tokens.accessToken,
          });
          assertClean(answer, `${route} ${field} ${JSON.stringify(value).slice(0, 40)}`);
        }
      }
    }
    assert.equal(await count(), before);
    assert.equal(await client.isIn(tokens), true);
  });

  test('a body that is no JSON object of its path is refused', async () => {
    const { tokens } = await client.signUp();
    const bodies = [
      '',
      '{',
      '[]',
      'null',
      '"x"',
      '1',
      '{"email":',
      `${'{"a":'.repeat(50)}1${'}'.repeat(50)}`,
      '{"__proto__":{"email":"a@b.co","password":"correct horse","name":"Ann"}}',
      '{"constructor":{"prototype":{"name":"x"}}}',
    ];
    for (const path of ['/signup/basic', '/signin/basic', '/token/refresh']) {
      for (const body of bodies) {
        assertClean(await client.post(path, body, tokens.accessToken), `${path} ${body.slice(0, 40)}`);
      }
      const huge = await client.post(
        path,
        JSON.stringify({ email: 'x'.repeat(2_000_000) }),
        tokens.accessToken,
      );
      assert.equal(huge.status, 413);
      const form = await client.call('POST', path, {
        body: 'a=b',
        token: tokens.accessToken,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      assert.equal(form.status, 415);
    }
  });

  test('names that look like code are kept as they are', async () => {
    const name = `<b>'; drop table users; --</b> ${'$'}{x} \u{1F600} \\ "`;
    const { id } = await client.signUp({ name });
    assert.equal((await client.get(`/profile/id/${id}`)).body.data?.name, name);
  });

  test('lengths count code points', async () => {
    const { id } = await client.signUp({ name: '\u{1F600}'.repeat(200), password: '\u{1F600}'.repeat(6) });
    assert.equal([...((await client.get(`/profile/id/${id}`)).body.data?.name ?? '')].length, 200);
    const body = { email: 'short@example.com', password: '\u{1F600}'.repeat(5), name: '\u{1F600}' };
    const { body: answer } = await client.post('/signup/basic', body);
    assert.equal(
      answer.message,
      'password must be at least 6 characters, name must be at least 2 characters',
    );
  });

  test('paths and methods that do not exist are not found', async () => {
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['GET', '/signin/basic'],
      ['DELETE', '/profile/mine/x'],
      ['PUT', '/signout'],
      ['GET', '/profile/id/'],
      ['GET', '/.well-known/'],
    ] as const) {
      const answer = await client.call(method, path);
      assert.equal(answer.status, 404, `${method} ${path}`);
    }
  });
});
