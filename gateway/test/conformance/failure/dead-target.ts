import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { headerOf } from '../harness/client.ts';
import { type Fields, serviceOf, upstreamOf } from '../harness/declaration.ts';
import { differs } from '../harness/difference.ts';
import { assertFailure } from '../harness/envelope.ts';
import type { Area } from '../harness/suite.ts';

const unreachable = differs(
  { embedded: 503, kong: 502, enveloped: 503 },
  'to Kong by itself it is a bad gateway; here it is a service that is unavailable, to be asked again',
);
/** Reads the whole request, then cuts the connection. */
const cut: RequestListener = (request) => request.resume().once('end', () => request.socket.destroy());
/** Once before each answer; enough to meet both targets, few enough for a budget of retries. */
const rounds = 4;

function pairOf(name: string, addresses: readonly string[], fields: Fields = {}): Fields {
  return { name, targets: addresses.map((target) => ({ target, weight: 100 })), ...fields };
}

/** Targets that are gone, or go while they are asked. */
export const deadTarget: Area = {
  tests(test) {
    test('dead target: what it refuses goes to the other one, POST included', async (stage, t) => {
      const alive = await stage.openUpstream(t, 'alive');
      const upstreams = [pairOf('pair', [await stage.openNobody(), alive.address])];
      await stage.load({ services: [serviceOf('blog', 'pair', { retries: 2 })], upstreams });
      for (let i = 0; i < rounds; i++) {
        assert.equal((await stage.ask('/blog/x')).json?.upstream, 'alive');
        const { json } = await stage.ask('/blog/x', { method: 'POST', body: 'a body' });
        assert.deepEqual([json?.upstream, json?.bytes], ['alive', 6]);
      }
      assert.equal(alive.seen.length, 2 * rounds);
    });

    test('dead target: with nobody left it is a failure in the envelope, at once', async (stage) => {
      const [one, two] = [await stage.openNobody(), await stage.openNobody()];
      await stage.load({
        services: [serviceOf('blog', one, { retries: 1 }), serviceOf('pair', 'both', { retries: 2 })],
        upstreams: [pairOf('both', [one, two])],
      });
      const status = stage.expected(unreachable);
      for (const path of ['/blog/x', '/pair/x']) {
        const answer = await stage.ask(path);
        assertFailure(answer, status, `${path}: ${unreachable.reason}`);
        assert.ok(answer.tookMs < 1_500, `took ${answer.tookMs} ms`);
        if (status === 503) assert.match(headerOf(answer, 'retry-after') ?? '', /^\d+$/);
      }
    });

    test('dead target: a GET that is cut goes to the other one', async (stage, t) => {
      const cutting = await stage.openUpstream(t, 'cutting');
      const alive = await stage.openUpstream(t, 'alive');
      cutting.listener = cut;
      const services = [serviceOf('blog', 'pair', { retries: 1 })];
      await stage.load({ services, upstreams: [upstreamOf('pair', [cutting, alive])] });
      for (let i = 0; i < rounds; i++) assert.equal((await stage.ask('/blog/x')).json?.upstream, 'alive');
      assert.ok(cutting.seen.length > 0);
    });

    test('dead target: once a POST is out it is not sent again, a GET is, once', async (stage, t) => {
      const cutting = await stage.openUpstream(t, 'cutting');
      cutting.listener = cut;
      await stage.load({ services: [serviceOf('blog', cutting, { retries: 1 })] });
      for (const [question, times] of [
        [{ method: 'POST', body: 'once' }, 1],
        [{}, 2],
      ] as const) {
        const before = cutting.seen.length;
        const answer = await stage.ask('/blog/x', question);
        assertFailure(answer, stage.expected(unreachable), unreachable.reason);
        assert.equal(cutting.seen.length, before + times);
      }
    });

    test('dead target: a failure that a service tells is passed on and not asked again', async (stage, t) => {
      const failing = await stage.openUpstream(t, 'failing');
      await stage.load({ services: [serviceOf('blog', failing, { retries: 3 })] });
      for (const status of [500, 502, 503, 504]) {
        failing.listener = (_request, response) => response.writeHead(status).end('its own words');
        const before = failing.seen.length;
        const answer = await stage.ask('/blog/x');
        assert.deepEqual([answer.status, answer.body.toString()], [status, 'its own words']);
        assert.equal(failing.seen.length, before + 1);
      }
    });
  },
};
