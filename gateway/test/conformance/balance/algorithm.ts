import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Fields, serviceOf, upstreamOf } from '../harness/declaration.ts';
import type { Stage } from '../harness/stage.ts';
import type { Area } from '../harness/suite.ts';
import type { Upstream } from '../harness/upstream.ts';

async function openThree(stage: Stage, t: TestContext): Promise<Upstream[]> {
  return Promise.all(['one', 'two', 'three'].map((name) => stage.openUpstream(t, name)));
}

async function load(stage: Stage, upstream: Fields): Promise<void> {
  await stage.load({ services: [serviceOf('blog', 'several')], upstreams: [upstream] });
}

/** Who answered, by name, and how often. */
async function askMany(stage: Stage, count: number, headers: Record<string, string> = {}) {
  const counts: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const { json } = await stage.ask('/blog/x', { headers });
    const name = String(json?.upstream);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Which of several targets a request goes to. */
export const algorithm: Area = {
  tests(test, name) {
    test('round-robin: every target gets its share, by weight; one of weight 0 gets nothing', async (stage, t) => {
      const [one, two, three] = await openThree(stage, t);
      const targets = [
        { target: one?.address, weight: 150 },
        { target: two?.address, weight: 50 },
        { target: three?.address, weight: 0 },
      ];
      await load(stage, { name: 'several', targets });
      const counts = await askMany(stage, 200);
      assert.equal(counts.three, undefined);
      assert.ok(Math.abs((counts.one ?? 0) - 150) <= 15, JSON.stringify(counts));
    });

    test('consistent-hashing: the same header leads to the same target, many to all of them', async (stage, t) => {
      const upstreams = await openThree(stage, t);
      const hashing = { algorithm: 'consistent-hashing', hash_on: 'header', hash_on_header: 'x-tenant' };
      await load(stage, upstreamOf('several', upstreams, hashing));
      const used = new Set<string>();
      for (let tenant = 0; tenant < 40; tenant++) {
        const counts = await askMany(stage, 3, { 'x-tenant': `tenant-${tenant}` });
        assert.equal(Object.keys(counts).length, 1, `tenant ${tenant}: ${JSON.stringify(counts)}`);
        for (const who of Object.keys(counts)) used.add(who);
      }
      assert.equal(used.size, 3);
    });

    test('consistent-hashing: when targets change most callers stay where they were', async (stage, t) => {
      const upstreams = await openThree(stage, t);
      const hashing = { algorithm: 'consistent-hashing', hash_on: 'header', hash_on_header: 'x-tenant' };
      const tenants = Array.from({ length: 60 }, (_, index) => `tenant-${index}`);
      const whereTo = () =>
        Promise.all(
          tenants.map(async (tenant) => {
            const { json } = await stage.ask('/blog/x', { headers: { 'x-tenant': tenant } });
            return json?.upstream;
          }),
        );
      await load(stage, upstreamOf('several', upstreams, hashing));
      const before = await whereTo();
      await load(stage, upstreamOf('several', upstreams.slice(0, 2), hashing));
      const after = await whereTo();
      const stayed = tenants.filter((_, i) => before[i] !== 'three' && before[i] === after[i]).length;
      const could = before.filter((who) => who !== 'three').length;
      assert.ok(stayed >= could * 0.8, `${stayed} of ${could} stayed`);
    });

    test('least-connections: who is busy gets nothing while another is free', async (stage, t) => {
      if (name === 'kong') {
        t.skip('each worker of Kong counts only the connections that it has itself');
        return;
      }
      const [one, two] = await openThree(stage, t);
      assert.ok(one && two);
      await load(stage, upstreamOf('several', [one, two], { algorithm: 'least-connections' }));
      const busy = Promise.withResolvers<Upstream>();
      const release = Promise.withResolvers<void>();
      for (const upstream of [one, two]) {
        upstream.listener = (request, response) => {
          if (request.url !== '/hold') return upstream.tell(request, response);
          busy.resolve(upstream);
          void release.promise.then(() => upstream.tell(request, response));
        };
      }
      const held = stage.ask('/blog/hold');
      const holder = await busy.promise;
      const free = holder === one ? two : one;
      assert.deepEqual(await askMany(stage, 10), { [free.name]: 10 });
      release.resolve();
      assert.equal((await held).json?.upstream, holder.name);
    });
  },
};
