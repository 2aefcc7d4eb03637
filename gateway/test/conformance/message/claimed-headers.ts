import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { serviceOf } from '../harness/declaration.ts';
import { differs } from '../harness/difference.ts';
import type { Stage } from '../harness/stage.ts';
import type { Area } from '../harness/suite.ts';
import { arrivedHeaders } from '../harness/upstream.ts';

/** Headers as they arrive at a service. */
async function arrived(
  stage: Stage,
  t: TestContext,
  headers: Record<string, string>,
): Promise<NodeJS.Dict<string[]>> {
  const upstream = await stage.openUpstream(t, 'blog');
  await stage.load({ services: [serviceOf('blog', upstream)] });
  return arrivedHeaders(await stage.ask('/blog/x', { headers }));
}

/** What no client may say of itself. */
export const claimedHeaders: Area = {
  tests(test) {
    test('headers: what only a gateway may say is never what a client claims', async (stage, t) => {
      const claimed = '203.0.113.9';
      const seen = await arrived(stage, t, {
        host: 'api.example.test',
        'x-forwarded-for': claimed,
        'x-forwarded-host': 'evil.test',
        'x-forwarded-port': '31337',
        'x-forwarded-proto': 'https',
        'x-real-ip': claimed,
      });
      const [address = ''] = seen['x-forwarded-for']?.join(', ').split(', ').slice(-1) ?? [];
      assert.match(address, /^[\da-f.:]+$/);
      assert.notEqual(address, claimed);
      const whole = differs(
        { embedded: address, kong: `${claimed}, ${address}`, enveloped: address },
        'Kong by itself appends, and only the last is true; what a client says is passed on by neither of ours',
      );
      assert.equal(seen['x-forwarded-for']?.join(', '), stage.expected(whole), whole.reason);
      assert.deepEqual(seen['x-forwarded-host'], ['api.example.test']);
      assert.deepEqual(seen['x-forwarded-proto'], ['http']);
      assert.match(seen['x-forwarded-port']?.join() ?? '', /^\d+$/);
      assert.notEqual(seen['x-forwarded-port']?.join(), '31337');
      assert.ok(!seen['x-real-ip']?.join().includes(claimed));
    });

    test('headers: who the caller is no client may say', async (stage, t) => {
      const claims = ['x-user-id', 'x-user-roles', 'x-consumer-id', 'x-consumer-username'];
      const seen = await arrived(stage, t, Object.fromEntries(claims.map((claim) => [claim, 'admin'])));
      const expected = differs(
        { embedded: undefined, kong: 'admin', enveloped: undefined },
        'Kong by itself replaces them only where it knows a consumer',
      );
      for (const claim of claims) {
        assert.equal(seen[claim]?.join(), stage.expected(expected), `${claim}: ${expected.reason}`);
      }
    });
  },
};
