import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { headOf, openRequest, readAll } from '../harness/client.ts';
import { type Fields, serviceOf } from '../harness/declaration.ts';
import { assertFailure } from '../harness/envelope.ts';
import type { Stage } from '../harness/stage.ts';
import type { Area } from '../harness/suite.ts';

async function load(stage: Stage, t: TestContext, config: Fields) {
  const upstream = await stage.openUpstream(t, 'blog');
  const plugins = [{ name: 'request-size-limiting', config }];
  await stage.load({ services: [serviceOf('blog', upstream, { plugins })] });
  return upstream;
}

async function sendChunked(stage: Stage, body: string) {
  const headers = { 'transfer-encoding': 'chunked' };
  const sent = openRequest(stage.gateway.baseUrl, '/blog/x', { method: 'POST', headers });
  const head = headOf(sent);
  sent.end(body);
  return readAll(await head);
}

/** Kong's request-size-limiting, where it is narrower than the gateway's own bound. */
export const requestSizeLimiting: Area = {
  needs: ['request-size-limiting'],
  tests(test) {
    test('size limiting: a body of the limit passes, one byte more is 413, declared or chunked', async (stage, t) => {
      const config = { allowed_payload_size: 100, size_unit: 'bytes', require_content_length: false };
      const upstream = await load(stage, t, config);
      const fits = 'x'.repeat(100);
      assert.equal((await stage.ask('/blog/x', { method: 'POST', body: fits })).json?.bytes, 100);
      assert.equal((await sendChunked(stage, fits)).json?.bytes, 100);
      const before = upstream.seen.length;
      assertFailure(await stage.ask('/blog/x', { method: 'POST', body: `${fits}x` }), 413, 'declared');
      assertFailure(await sendChunked(stage, `${fits}x`), 413, 'chunked');
      assert.equal(upstream.seen.length, before);
      assert.equal((await stage.ask('/blog/x')).status, 200);
    });

    test('size limiting: kilobytes are 1,024 bytes, and a length may be required', async (stage, t) => {
      const config = { allowed_payload_size: 1, size_unit: 'kilobytes', require_content_length: true };
      await load(stage, t, config);
      const fits = 'x'.repeat(1_024);
      assert.equal((await stage.ask('/blog/x', { method: 'POST', body: fits })).status, 200);
      assertFailure(await stage.ask('/blog/x', { method: 'POST', body: `${fits}x` }), 413, '1,025 bytes');
      assertFailure(await sendChunked(stage, 'x'), 411, 'chunked');
    });
  },
};
