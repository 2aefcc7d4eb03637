import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { sendBytes } from '../harness/client.ts';
import { serviceOf } from '../harness/declaration.ts';
import type { Stage } from '../harness/stage.ts';
import type { Area } from '../harness/suite.ts';
import { arrivedHeaders } from '../harness/upstream.ts';

/** Which of a client's headers a service sees. */
export const requestHeaders: Area = {
  tests(test) {
    const open = async (stage: Stage, t: TestContext) => {
      const upstream = await stage.openUpstream(t, 'blog');
      await stage.load({ services: [serviceOf('blog', upstream)] });
      return upstream;
    };

    test('headers: what a client sends arrives, as often as it was sent', async (stage, t) => {
      const upstream = await open(stage, t);
      const seen = arrivedHeaders(
        await stage.ask('/blog/x', {
          headers: {
            accept: 'text/plain, application/json',
            authorization: 'Bearer a.b.c',
            cookie: 'a=1; b=2',
            'x-empty': '',
            'x-many': ['one', 'two'],
            'x-with-utf8': Buffer.from('é').toString('latin1'),
          },
        }),
      );
      assert.deepEqual(seen.accept, ['text/plain, application/json']);
      assert.deepEqual(seen.authorization, ['Bearer a.b.c']);
      assert.deepEqual(seen.cookie, ['a=1; b=2']);
      assert.deepEqual(seen['x-empty'], ['']);
      assert.deepEqual(seen['x-many']?.join(', '), 'one, two');
      assert.deepEqual(seen['x-with-utf8'], [Buffer.from('é').toString('latin1')]);
      assert.deepEqual(seen.host, [upstream.address]);
    });

    test('headers: what belongs to one connection ends with it, named by Connection or not', async (stage, t) => {
      await open(stage, t);
      const seen = arrivedHeaders(
        await stage.ask('/blog/x', {
          headers: {
            connection: 'close, X-Secret , x-other',
            'keep-alive': 'timeout=5',
            'proxy-connection': 'keep-alive',
            te: 'gzip',
            'x-secret': 'for the gateway alone',
            'x-other': 'too',
            'x-kept': 'yes',
          },
        }),
      );
      assert.deepEqual(seen['x-kept'], ['yes']);
      for (const header of ['keep-alive', 'proxy-connection', 'te', 'x-secret', 'x-other']) {
        assert.equal(seen[header], undefined, header);
      }
      assert.ok(!String(seen.connection).includes('x-secret'));
    });

    test('headers: two hosts are refused and reach nobody', async (stage, t) => {
      const upstream = await open(stage, t);
      const before = upstream.seen.length;
      const { status } = await sendBytes(
        stage.gateway.baseUrl,
        'GET /blog/x HTTP/1.1\r\nhost: a.test\r\nhost: b.test\r\n\r\n',
      );
      assert.equal(status, 400);
      assert.equal(upstream.seen.length, before);
    });
  },
};
