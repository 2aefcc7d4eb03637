import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Answer, headOf, openRequest, readAll } from '../harness/client.ts';
import { serviceOf } from '../harness/declaration.ts';
import { assertFailure } from '../harness/envelope.ts';
import type { Stage } from '../harness/stage.ts';
import type { Area } from '../harness/suite.ts';
import { until } from '../harness/until.ts';

const mebibyte = 2 ** 20;

/** Sends a body in pieces, as chunks when its length is not told. */
async function upload(stage: Stage, body: Buffer, declared: boolean): Promise<Answer> {
  const headers: Record<string, string> = declared
    ? { 'content-length': String(body.length) }
    : { 'transfer-encoding': 'chunked' };
  const sent = openRequest(stage.gateway.baseUrl, '/blog/x', { method: 'POST', headers });
  const head = headOf(sent);
  const pieces = Readable.from(
    Array.from({ length: Math.ceil(body.length / 10_000) }, (_, i) =>
      body.subarray(i * 10_000, (i + 1) * 10_000),
    ),
  );
  // Who is refused may find the connection closed before all is sent; the answer is what counts.
  pipeline(pieces, sent).catch(() => undefined);
  return readAll(await head);
}

const limit = {
  name: 'request-size-limiting',
  config: { allowed_payload_size: 1, size_unit: 'megabytes', require_content_length: false },
};

/** What clients send, up to the bound of 1 MiB. */
export const requestBody: Area = {
  needs: ['request-size-limiting'],
  tests(test) {
    test('body: up to 1 MiB it arrives byte for byte, told in length or chunked', async (stage, t) => {
      const upstream = await stage.openUpstream(t, 'blog');
      await stage.load({ services: [serviceOf('blog', upstream)], plugins: [limit] });
      for (const size of [0, 1, 65_536, 300_000, mebibyte - 1, mebibyte]) {
        const body = randomBytes(size);
        for (const declared of [true, false]) {
          const what = `${size} bytes, ${declared ? 'declared' : 'chunked'}`;
          const { status, json } = await upload(stage, body, declared);
          assert.equal(status, 200, what);
          assert.deepEqual(
            [json?.bytes, json?.sha256],
            [size, createHash('sha256').update(body).digest('hex')],
            what,
          );
        }
      }
    });

    test('body: beyond 1 MiB it is 413 in the envelope, and no whole request reaches the service', async (stage, t) => {
      const upstream = await stage.openUpstream(t, 'blog');
      await stage.load({ services: [serviceOf('blog', upstream)], plugins: [limit] });
      let whole = 0;
      upstream.listener = (request, response) => {
        request.once('end', () => whole++);
        upstream.tell(request, response);
      };
      for (const size of [mebibyte + 1, 3 * mebibyte]) {
        for (const declared of [true, false]) {
          const what = `${size} bytes, ${declared ? 'declared' : 'chunked'}`;
          assertFailure(await upload(stage, Buffer.alloc(size, 'x'), declared), 413, what);
        }
      }
      assert.equal(whole, 0);
    });

    test('body: a client that leaves in the middle leaves no whole request behind', async (stage, t) => {
      const upstream = await stage.openUpstream(t, 'blog');
      await stage.load({ services: [serviceOf('blog', upstream)] });
      const whole: number[] = [];
      let open = 0;
      upstream.listener = (request) => {
        open++;
        request.once('end', () => whole.push(1)).once('close', () => open--);
        // Node tells of a request that broke off; without a listener that would end the process.
        request.on('error', () => undefined).resume();
      };
      for (const sentBytes of [10, 200_000, 900_000]) {
        const headers = { 'content-length': '1000000' };
        const sent = openRequest(stage.gateway.baseUrl, '/blog/x', { method: 'POST', headers });
        sent.on('error', () => undefined);
        await new Promise<void>((resolve) => sent.write(Buffer.alloc(sentBytes), () => resolve()));
        sent.destroy();
      }
      await until('the service knows that they left', () => open === 0);
      upstream.listener = (request, response) => upstream.tell(request, response);
      assert.equal((await stage.ask('/blog/x')).status, 200);
      assert.deepEqual(whole, []);
    });
  },
};
