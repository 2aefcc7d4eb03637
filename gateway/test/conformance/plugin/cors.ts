import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Answer, headerOf } from '../harness/client.ts';
import { type Fields, serviceOf } from '../harness/declaration.ts';
import type { Stage } from '../harness/stage.ts';
import type { Area } from '../harness/suite.ts';

const allowed = 'https://app.example.test';
const other = 'https://evil.example.test';

async function load(stage: Stage, t: TestContext, config: Fields) {
  const upstream = await stage.openUpstream(t, 'blog');
  await stage.load({ services: [serviceOf('blog', upstream, { plugins: [{ name: 'cors', config }] })] });
  return upstream;
}

function preflight(stage: Stage, origin: string, headers: Record<string, string> = {}): Promise<Answer> {
  return stage.ask('/blog/x', {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'PUT', ...headers },
  });
}

const allow = (answer: Answer, what: string) => headerOf(answer, `access-control-allow-${what}`);

/** Kong's cors: which pages of other origins may read answers. */
export const cors: Area = {
  needs: ['cors'],
  tests(test) {
    test('cors: a preflight is answered here and never reaches the service', async (stage, t) => {
      const config = {
        origins: [allowed, 'https://second.example.test'],
        methods: ['GET', 'PUT'],
        headers: ['authorization', 'x-api-key'],
        credentials: true,
        max_age: 600,
      };
      const upstream = await load(stage, t, config);
      const answer = await preflight(stage, allowed);
      assert.equal(answer.status, 200);
      assert.equal(allow(answer, 'origin'), allowed);
      assert.equal(allow(answer, 'credentials'), 'true');
      assert.equal(allow(answer, 'methods'), 'GET,PUT');
      assert.equal(allow(answer, 'headers'), 'authorization,x-api-key');
      assert.equal(headerOf(answer, 'access-control-max-age'), '600');
      assert.match(headerOf(answer, 'vary') ?? '', /origin/i);
      assert.equal(answer.body.length, 0);
      assert.equal(allow(await preflight(stage, other), 'origin'), undefined);
      assert.equal(upstream.seen.length, 0);
    });

    test('cors: answers name an origin that is allowed, and no other', async (stage, t) => {
      const config = { origins: [allowed, 'https://second.example.test'], exposed_headers: ['x-request-id'] };
      await load(stage, t, config);
      const asked = (origin?: string) =>
        stage.ask('/blog/x', { headers: origin === undefined ? {} : { origin } });
      const good = await asked(allowed);
      assert.equal(good.status, 200);
      assert.equal(allow(good, 'origin'), allowed);
      assert.equal(headerOf(good, 'access-control-expose-headers'), 'x-request-id');
      assert.match(headerOf(good, 'vary') ?? '', /origin/i);
      assert.equal(allow(good, 'credentials'), undefined);
      assert.equal(allow(await asked(other), 'origin'), undefined);
    });

    test('cors: any origin by default, any header that is asked for', async (stage, t) => {
      await load(stage, t, {});
      const answer = await preflight(stage, other, { 'access-control-request-headers': 'x-one, x-two' });
      assert.equal(allow(answer, 'origin'), '*');
      assert.equal(allow(answer, 'headers'), 'x-one, x-two');
      assert.equal(allow(await stage.ask('/blog/x', { headers: { origin: other } }), 'origin'), '*');
    });

    test('cors: an expression allows a family of origins and is held against the whole of each', async (stage, t) => {
      await load(stage, t, { origins: ['https://[a-z]+\\.example\\.test', 'https://one.test'] });
      assert.equal(allow(await preflight(stage, allowed), 'origin'), allowed);
      assert.equal(allow(await preflight(stage, `${allowed}.evil.test`), 'origin'), undefined);
    });

    test('cors: OPTIONS that is no preflight goes to the service, a preflight too where it is told so', async (stage, t) => {
      const upstream = await load(stage, t, { preflight_continue: true });
      assert.equal((await preflight(stage, allowed)).json?.method, 'OPTIONS');
      assert.equal((await stage.ask('/blog/x', { method: 'OPTIONS' })).json?.method, 'OPTIONS');
      assert.equal(upstream.seen.length, 2);
    });
  },
};
