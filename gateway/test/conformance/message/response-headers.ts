import assert from 'node:assert/strict';
import { headerOf } from '../harness/client.ts';
import { serviceOf } from '../harness/declaration.ts';
import type { Area } from '../harness/suite.ts';

/** Which headers of a service a client sees. */
export const responseHeaders: Area = {
  tests(test) {
    test('answer: status, headers and body arrive as the service gave them', async (stage, t) => {
      const upstream = await stage.openUpstream(t, 'blog');
      await stage.load({ services: [serviceOf('blog', upstream)] });
      const statuses = [200, 201, 204, 302, 304, 400, 404, 418, 500, 503];
      for (const status of statuses) {
        const body = status === 204 || status === 304 ? '' : `told by the service: ${status}`;
        upstream.listener = (_request, response) => {
          response.writeHead(status, [
            ...['content-type', 'text/plain', 'location', '/elsewhere', 'etag', '"v1"'],
            ...['set-cookie', 'a=1; Path=/', 'set-cookie', 'b=2', 'cache-control', 'max-age=60'],
          ]);
          response.end(body);
        };
        const answer = await stage.ask('/blog/x');
        assert.equal(answer.status, status);
        assert.equal(answer.body.toString(), body, 'an answer that a service gave is never wrapped');
        assert.deepEqual(answer.headers['set-cookie'], ['a=1; Path=/', 'b=2']);
        assert.equal(headerOf(answer, 'etag'), '"v1"');
        assert.equal(headerOf(answer, 'location'), '/elsewhere');
        assert.equal(headerOf(answer, 'cache-control'), 'max-age=60');
      }
    });

    test('answer: what belongs to the connection to the service ends with it', async (stage, t) => {
      const upstream = await stage.openUpstream(t, 'blog');
      await stage.load({ services: [serviceOf('blog', upstream)] });
      upstream.listener = (_request, response) => {
        response.writeHead(200, { connection: 'close, x-inner', 'x-inner': 'secret', 'x-outer': 'kept' });
        response.end('ok');
      };
      const answer = await stage.ask('/blog/x');
      assert.equal(answer.body.toString(), 'ok');
      assert.equal(headerOf(answer, 'x-inner'), undefined);
      assert.equal(headerOf(answer, 'x-outer'), 'kept');
    });

    test('answer: HEAD has the length of what GET would have sent, and no body', async (stage, t) => {
      const upstream = await stage.openUpstream(t, 'blog');
      await stage.load({ services: [serviceOf('blog', upstream)] });
      upstream.listener = (request, response) => {
        response.writeHead(200, { 'content-length': 12_345 });
        response.end(request.method === 'HEAD' ? undefined : 'x'.repeat(12_345));
      };
      const answer = await stage.ask('/blog/x', { method: 'HEAD' });
      assert.deepEqual([answer.status, answer.body.length], [200, 0]);
      assert.equal(headerOf(answer, 'content-length'), '12345');
      assert.equal((await stage.ask('/blog/x')).body.length, 12_345);
    });
  },
};
