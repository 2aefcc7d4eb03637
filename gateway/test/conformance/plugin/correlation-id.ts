import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { headerOf } from '../harness/client.ts';
import { type Fields, serviceOf } from '../harness/declaration.ts';
import { differs } from '../harness/difference.ts';
import type { Stage } from '../harness/stage.ts';
import type { Area } from '../harness/suite.ts';
import { arrivedHeaders } from '../harness/upstream.ts';

const requestId = /^[\w.-]{1,128}$/;
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

async function load(stage: Stage, t: TestContext, config: Fields): Promise<void> {
  const upstream = await stage.openUpstream(t, 'blog');
  const plugins = [{ name: 'correlation-id', config }];
  await stage.load({ services: [serviceOf('blog', upstream)], plugins });
}

/** Kong's correlation-id: one id for a request, wherever it goes. */
export const correlationId: Area = {
  needs: ['correlation-id'],
  tests(test) {
    const config = { header_name: 'x-request-id', generator: 'uuid', echo_downstream: true };

    test('correlation id: a client’s is kept, there and back; who has none gets one', async (stage, t) => {
      await load(stage, t, config);
      const kept = await stage.ask('/blog/x', { headers: { 'x-request-id': 'my-id.1' } });
      assert.deepEqual(arrivedHeaders(kept)['x-request-id'], ['my-id.1']);
      assert.equal(headerOf(kept, 'x-request-id'), 'my-id.1');
      const made = await stage.ask('/blog/x');
      const [id = ''] = arrivedHeaders(made)['x-request-id'] ?? [];
      const form = differs(
        { embedded: requestId, kong: uuid },
        'the generator makes it in Kong; the embedded gateway has ids for all requests, declared or not',
      );
      assert.match(id, stage.expected(form), form.reason);
      assert.equal(headerOf(made, 'x-request-id'), id);
      assert.notEqual(headerOf(await stage.ask('/blog/x'), 'x-request-id'), id);
    });

    test('correlation id: failures of the gateway carry it', async (stage, t) => {
      await load(stage, t, config);
      const answer = await stage.ask('/nowhere', { headers: { 'x-request-id': 'my-id.2' } });
      assert.equal(answer.status, 404);
      assert.equal(headerOf(answer, 'x-request-id'), 'my-id.2');
    });

    test('correlation id: what would not do in a log line is replaced', async (stage, t) => {
      await load(stage, t, config);
      const strange = 'an id "with" spaces';
      const answer = await stage.ask('/blog/x', { headers: { 'x-request-id': strange } });
      const kept = differs(
        { embedded: false, kong: true, enveloped: false },
        'Kong by itself keeps whatever comes; here an id is 1 to 128 characters of [A-Za-z0-9_.-]',
      );
      assert.equal(headerOf(answer, 'x-request-id') === strange, stage.expected(kept), kept.reason);
    });

    test('correlation id: under another name, and told to the service alone', async (stage, t) => {
      await load(stage, t, { header_name: 'x-trace', generator: 'uuid#counter', echo_downstream: false });
      const answer = await stage.ask('/blog/x');
      assert.match(arrivedHeaders(answer)['x-trace']?.[0] ?? '', /^[\da-f-]{36}#\d+$/i);
      assert.equal(headerOf(answer, 'x-trace'), undefined);
    });
  },
};
