import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { type Answer, headerOf } from '../harness/client.ts';
import { type Fields, serviceOf } from '../harness/declaration.ts';
import { assertFailure } from '../harness/envelope.ts';
import type { Stage } from '../harness/stage.ts';
import type { Area } from '../harness/suite.ts';
import { until } from '../harness/until.ts';

const limit = 4;

async function load(stage: Stage, t: TestContext, config: Fields): Promise<void> {
  const upstream = await stage.openUpstream(t, 'blog');
  // Counters belong to a service by its name and outlive a test: a Kong goes on counting from one run to the next.
  const services = [
    serviceOf(`limited-${randomUUID()}`, upstream, {
      routes: [{ name: `limited-${randomUUID()}`, paths: ['/limited'] }],
      plugins: [{ name: 'rate-limiting', config: { policy: 'local', ...config } }],
    }),
    serviceOf('free', upstream),
  ];
  await stage.load({ services });
}

const numberOf = (answer: Answer, name: string) => Number(headerOf(answer, name) ?? Number.NaN);

/** Kong's rate-limiting: windows of the clock, told by headers. */
export const rateLimiting: Area = {
  needs: ['rate-limiting'],
  tests(test) {
    test('rate limiting: headers tell what is left; then 429 with retry-after, and only there', async (stage, t) => {
      await load(stage, t, { hour: limit, limit_by: 'ip' });
      for (let left = limit - 1; left >= 0; left--) {
        const answer = await stage.ask('/limited/x');
        assert.equal(answer.status, 200);
        assert.equal(numberOf(answer, 'ratelimit-limit'), limit);
        assert.equal(numberOf(answer, 'ratelimit-remaining'), left);
        assert.equal(numberOf(answer, 'x-ratelimit-limit-hour'), limit);
        assert.equal(numberOf(answer, 'x-ratelimit-remaining-hour'), left);
        const reset = numberOf(answer, 'ratelimit-reset');
        assert.ok(reset > 0 && reset <= 3_600, String(reset));
      }
      const refused = await stage.ask('/limited/x');
      assertFailure(refused, 429, 'one too many');
      assert.equal(numberOf(refused, 'ratelimit-remaining'), 0);
      const retryAfter = numberOf(refused, 'retry-after');
      assert.ok(retryAfter > 0 && retryAfter <= 3_600, String(retryAfter));
      assert.equal((await stage.ask('/free/x')).status, 200);
    });

    test('rate limiting: each value of a header has a count of its own', async (stage, t) => {
      await load(stage, t, { hour: limit, limit_by: 'header', header_name: 'x-api-key' });
      for (const key of ['one', 'two']) {
        const headers = { 'x-api-key': key };
        for (let i = 0; i < limit; i++)
          assert.equal((await stage.ask('/limited/x', { headers })).status, 200);
        assertFailure(await stage.ask('/limited/x', { headers }), 429, key);
      }
    });

    test('rate limiting: of several windows the fullest decides, and both are told', async (stage, t) => {
      await load(stage, t, { hour: limit, day: limit * 10, limit_by: 'ip' });
      const first = await stage.ask('/limited/x');
      assert.equal(numberOf(first, 'x-ratelimit-remaining-day'), limit * 10 - 1);
      assert.equal(numberOf(first, 'ratelimit-limit'), limit);
      for (let i = 1; i < limit; i++) await stage.ask('/limited/x');
      assertFailure(await stage.ask('/limited/x'), 429, 'the hour is over');
    });

    test('rate limiting: a window that ended is forgotten, and its headers can be hidden', async (stage, t) => {
      await load(stage, t, { second: 1, limit_by: 'ip', hide_client_headers: true });
      let refused: Answer | undefined;
      await until('a refusal', async () => {
        const answer = await stage.ask('/limited/x');
        if (answer.status === 429) refused = answer;
        return answer.status === 429;
      });
      assert.ok(refused);
      assert.equal(headerOf(refused, 'ratelimit-limit'), undefined);
      assert.equal(headerOf(refused, 'x-ratelimit-limit-second'), undefined);
      await until('the next window', async () => (await stage.ask('/limited/x')).status === 200);
    });
  },
};
