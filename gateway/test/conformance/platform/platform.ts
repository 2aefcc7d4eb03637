import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Answer, ask, headerOf, type Question, sendBytes } from '../harness/client.ts';
import { assertFailure } from '../harness/envelope.ts';

/** A whole system that is running: a gateway with auth and blog behind it. */
export interface Platform {
  readonly baseUrl: string;
  /** One that its auth service knows. */
  readonly apiKey: string;
}

const mebibyte = 2 ** 20;
const unknownPaths = [
  '/nowhere',
  '/reads',
  '/consoles',
  '/front/health',
  '/console-of-nobody',
  '/authsignin',
  '/authx/health',
  '/Auth/health',
  '/BLOG/health',
  '/auth;x',
];
const ambiguousPaths = [
  '//auth/health',
  '/auth//health',
  '/blog/../auth/health',
  '/blog/%2e%2e/auth/health',
  '/auth/./health',
  '/auth%2Fhealth',
  '/auth\\health',
  '/auth/health%0a',
  '/auth/%00',
  '/auth/%zz',
  '/auth/%',
];

/** What a client of the platform may rely on whatever its gateway is; nothing is written. */
export function testPlatform({ baseUrl, apiKey }: Platform): void {
  const withKey = (path: string, question: Question = {}): Promise<Answer> =>
    ask(baseUrl, path, { ...question, headers: { 'x-api-key': apiKey, ...question.headers } });

  describe('platform', () => {
    it('platform: the health of every service needs no key', async () => {
      for (const path of ['/auth/health', '/blog/health']) {
        const { status, json } = await ask(baseUrl, path);
        assert.deepEqual([status, json?.code, json?.status], [200, '10000', 200], path);
      }
    });

    it('platform: without a key 401, with two 400, with a wrong one 403, with a good one through', async () => {
      const path = '/auth/verify/apikey';
      assertFailure(await ask(baseUrl, path), 401, 'no key');
      assertFailure(await ask(baseUrl, path, { headers: { 'x-api-key': '' } }), 401, 'an empty key');
      assertFailure(
        await ask(baseUrl, path, { headers: { 'x-api-key': [apiKey, apiKey] } }),
        400,
        'two keys',
      );
      assertFailure(await ask(baseUrl, path, { headers: { 'x-api-key': 'unknown' } }), 403, 'a wrong key');
      const { status, json } = await withKey(path);
      assert.deepEqual([status, json?.code], [200, '10000']);
    });

    it('platform: a prefix ends at a slash and has its own case; beyond is 404', async () => {
      for (const path of unknownPaths) assertFailure(await withKey(path), 404, path);
      for (const path of ['/auth/nowhere', '/blog/nowhere']) assertFailure(await withKey(path), 404, path);
    });

    it('platform: pages are shown without a key, and pages alone', async () => {
      for (const path of ['/', '/tags', '/search?q=x', '/sign-in', '/console/sign-in']) {
        const answer = await ask(baseUrl, path);
        assert.deepEqual(
          [answer.status, headerOf(answer, 'content-type')?.split(';')[0]],
          [200, 'text/html'],
          path,
        );
      }
      assertFailure(await ask(baseUrl, '/blog/list/latest'), 401, 'an operation without a key');
    });

    it('platform: a path with two readings is refused', async () => {
      for (const path of ambiguousPaths) {
        const { status } = await withKey(path);
        assert.equal(status, 400, path);
      }
    });

    it('platform: what services refuse comes in their words, with the client’s request id', async () => {
      const headers = { 'x-request-id': 'conformance-1', 'content-type': 'application/json' };
      const invalid = await withKey('/auth/signin/basic', { method: 'POST', body: '{}', headers });
      assertFailure(invalid, 400, 'nothing filled in');
      assert.match(String(invalid.json?.message), /email is required/);
      assert.equal(headerOf(invalid, 'x-request-id'), 'conformance-1');
      assertFailure(await withKey('/auth/profile/mine'), 401, 'no token');
      const forged = { 'x-user-id': '1', 'x-consumer-id': '1', 'x-forwarded-for': '203.0.113.9' };
      assertFailure(await withKey('/auth/profile/mine', { headers: forged }), 401, 'forged headers');
    });

    it('platform: a body over 1 MiB is 413', async () => {
      const body = 'x'.repeat(mebibyte + 1);
      const headers = { 'content-type': 'application/json', connection: 'close' };
      assertFailure(
        await withKey('/auth/signin/basic', { method: 'POST', body, headers }),
        413,
        '1 MiB and a byte',
      );
    });

    it('platform: what two readers could cut differently is refused', async () => {
      const head = `host: g\r\nx-api-key: ${apiKey}\r\n`;
      const post = `POST /auth/signin/basic HTTP/1.1\r\n${head}`;
      for (const [bytes, expected] of [
        [`${post}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
        [`${post}content-length: 4\r\ncontent-length: 5\r\n\r\nabcde`, 400],
        [`GET /auth/health HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n`, 400],
        [`GET /auth/health HTTP/1.1\r\n${head}x: a\r\n b\r\n\r\n`, 400],
        [`GET /auth/health HTTP/1.1\r\n${head}connection: upgrade\r\nupgrade: websocket\r\n\r\n`, 400],
        [`TRACE /auth/health HTTP/1.1\r\n${head}\r\n`, 405],
      ] as const) {
        const { status } = await sendBytes(baseUrl, bytes);
        assert.equal(status, expected, bytes);
      }
    });
  });
}
