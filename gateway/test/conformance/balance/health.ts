import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import type { TestContext } from 'node:test';
import { type Fields, serviceOf, upstreamOf } from '../harness/declaration.ts';
import { assertFailure } from '../harness/envelope.ts';
import type { Stage } from '../harness/stage.ts';
import type { Area } from '../harness/suite.ts';
import { until } from '../harness/until.ts';
import type { Upstream } from '../harness/upstream.ts';

const intervalSec = 0.2;
const active = {
  type: 'http',
  http_path: '/health/ready',
  timeout: 1,
  concurrency: 4,
  healthy: { interval: intervalSec, successes: 1, http_statuses: [200] },
  unhealthy: {
    interval: intervalSec,
    http_failures: 1,
    tcp_failures: 1,
    timeouts: 1,
    http_statuses: [500, 503],
  },
};
const passive = {
  type: 'http',
  healthy: { successes: 1, http_statuses: [200] },
  unhealthy: { http_failures: 2, tcp_failures: 1, timeouts: 1, http_statuses: [500] },
};

async function openPair(stage: Stage, t: TestContext, healthchecks: Fields) {
  const one = await stage.openUpstream(t, 'one');
  const two = await stage.openUpstream(t, 'two');
  const upstreams = [upstreamOf('pair', [one, two], { healthchecks })];
  await stage.load({ services: [serviceOf('blog', 'pair', { retries: 1 })], upstreams });
  return { one, two };
}

/** Whether one after the other of ten requests was answered by one of `upstreams`, each of them at least once. */
async function onlyFrom(stage: Stage, ...upstreams: Upstream[]): Promise<boolean> {
  const seen = new Set<unknown>();
  for (let i = 0; i < 10; i++) seen.add((await stage.ask('/blog/x')).json?.upstream);
  return seen.size === upstreams.length && upstreams.every(({ name }) => seen.has(name));
}

const ill: RequestListener = (request, response) => {
  request.resume();
  response.writeHead(503).end('ill');
};

/** Targets that say, or show, that they are not to be asked. */
export const health: Area = {
  tests(test) {
    test('active health: an ill target gets nothing until it is well; with none left it is 503', async (stage, t) => {
      const { one, two } = await openPair(stage, t, { active });
      const illAtHealth = (upstream: Upstream): RequestListener => {
        return (request, response) => {
          if (request.url === active.http_path) ill(request, response);
          else upstream.tell(request, response);
        };
      };
      await until('both are asked', () => onlyFrom(stage, one, two));
      one.listener = illAtHealth(one);
      await until('the ill one is left out', () => onlyFrom(stage, two));
      two.listener = illAtHealth(two);
      await until('nobody is left', async () => (await stage.ask('/blog/x')).status === 503);
      assertFailure(await stage.ask('/blog/x'), 503, 'with nobody left');
      for (const upstream of [one, two]) {
        upstream.listener = (request, response) => upstream.tell(request, response);
      }
      await until('both are back', () => onlyFrom(stage, one, two));
    });

    test('active health: a target that has gone is left out, and asked again once it is back', async (stage, t) => {
      const { one, two } = await openPair(stage, t, { active });
      await until('both are asked', () => onlyFrom(stage, one, two));
      await one[Symbol.asyncDispose]();
      await until('the gone one is left out', () => onlyFrom(stage, two));
      const back = await stage.openUpstream(t, 'back', Number(one.address.split(':')[1]));
      await until('it is back', () => onlyFrom(stage, back, two));
    });

    test('passive health: who answers clients with failures is asked no more', async (stage, t) => {
      const { one, two } = await openPair(stage, t, { passive });
      one.listener = (request, response) => {
        request.resume();
        response.writeHead(500).end('broken');
      };
      await until('the failing one is left out', () => onlyFrom(stage, two));
      const before = one.seen.length;
      for (let i = 0; i < 20; i++) assert.equal((await stage.ask('/blog/x')).status, 200);
      assert.equal(one.seen.length, before);
    });
  },
};
