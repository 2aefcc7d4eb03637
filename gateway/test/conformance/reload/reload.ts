import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import type { TestContext } from 'node:test';
import { ask } from '../harness/client.ts';
import { type Declaration, serviceOf, upstreamOf } from '../harness/declaration.ts';
import type { Stage } from '../harness/stage.ts';
import type { Area } from '../harness/suite.ts';
import { until } from '../harness/until.ts';

const clients = 8;
const reloads = 5;
const minRequests = 2_000;

/** Requests without a pause, on connections that stay open. */
class Load {
  readonly #stage: Stage;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: clients });
  readonly #running: Promise<void>[];
  #ended = false;
  answered = 0;
  readonly failures: unknown[] = [];

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#running = Array.from({ length: clients }, (_, index) => this.#run(index));
  }

  async #run(index: number): Promise<void> {
    // Every fourth client posts: what has a body cannot simply be asked again.
    const question = index % 4 === 0 ? { method: 'POST', body: 'a body' } : {};
    while (!this.#ended) {
      try {
        const { status, body } = await ask(this.#stage.gateway.baseUrl, '/blog/x', {
          ...question,
          agent: this.#agent,
        });
        if (status !== 200) this.failures.push(`${status} ${body}`);
      } catch (error) {
        this.failures.push(error);
      }
      this.answered++;
    }
  }

  /** Waits for this many more answers. */
  async more(count: number): Promise<void> {
    const enough = this.answered + count;
    await until(`${count} more answers`, () => this.answered >= enough);
  }

  async end(): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#running);
    this.#agent.destroy();
  }
}

function startLoad(stage: Stage, t: TestContext): Load {
  const load = new Load(stage);
  t.after(() => load.end());
  return load;
}

/** A new declaration while requests come. */
export const reload: Area = {
  tests(test) {
    test('reload: of thousands of requests none fails while targets, services and routes change', async (stage, t) => {
      const one = await stage.openUpstream(t, 'one');
      const two = await stage.openUpstream(t, 'two');
      const declarations: Declaration[] = [
        { services: [serviceOf('blog', one)] },
        { services: [serviceOf('blog', two)] },
        { services: [serviceOf('blog', 'pair')], upstreams: [upstreamOf('pair', [one, two])] },
        {
          services: [serviceOf('other', one), serviceOf('blog', 'pair')],
          upstreams: [upstreamOf('pair', [two])],
        },
      ];
      const declarationAt = (index: number) => declarations[index % declarations.length] ?? { services: [] };
      await stage.load(declarationAt(0));
      const load = startLoad(stage, t);
      for (let i = 1; i <= reloads; i++) {
        await load.more(minRequests / reloads);
        await stage.load(declarationAt(i));
        if (i === 1) assert.equal((await stage.ask('/blog/x')).json?.upstream, 'two');
      }
      await load.more(minRequests / reloads);
      await load.end();
      t.diagnostic(`${load.answered} requests, ${reloads} reloads`);
      assert.deepEqual(load.failures, []);
    });

    test('reload: a request that is under way ends as it began', async (stage, t) => {
      const one = await stage.openUpstream(t, 'one');
      const two = await stage.openUpstream(t, 'two');
      await stage.load({ services: [serviceOf('blog', one)] });
      const arrived = Promise.withResolvers<void>();
      const release = Promise.withResolvers<void>();
      one.listener = (request, response) => {
        arrived.resolve();
        void release.promise.then(() => one.tell(request, response));
      };
      const waiting = stage.ask('/blog/x');
      await arrived.promise;
      await stage.load({ services: [serviceOf('blog', two)] });
      assert.equal((await stage.ask('/blog/x')).json?.upstream, 'two');
      release.resolve();
      const { status, json } = await waiting;
      assert.deepEqual([status, json?.upstream], [200, 'one']);
    });

    test('reload: a broken declaration is complained about and changes nothing', async (stage, t) => {
      const one = await stage.openUpstream(t, 'one');
      await stage.load({ services: [serviceOf('blog', one)] });
      const load = startLoad(stage, t);
      const broken: [declaration: string, complaint: RegExp][] = [
        ['this: is: not: YAML', /./],
        ['_format_version: "3.0"\nservices:\n  - name: blog\n    no_such_field: 1\n', /no_such_field/],
        ['_format_version: "9.9"\nservices: []\n', /_format_version/],
      ];
      for (const [declaration, complaint] of broken) {
        await stage.gateway.refuse?.(declaration, complaint);
        await load.more(100);
      }
      await load.end();
      assert.deepEqual(load.failures, []);
      assert.equal((await stage.ask('/blog/x')).json?.upstream, 'one');
      await stage.load({
        services: [serviceOf('blog', one, { routes: [{ name: 'blog', paths: ['/new'] }] })],
      });
      assert.equal((await stage.ask('/new/x')).json?.url, '/x');
    });
  },
};
