import { type BenchOptions, chosen } from '../bench.ts';
import { requireWrk, wrk } from '../http/wrk.ts';
import { comparison } from '../measure/comparison.ts';
import { type Run, rotated } from '../measure/run.ts';
import type { Table } from '../measure/table.ts';
import { keyChecks, type Turn } from './key-check.ts';
import { check, measureProxy, type ProxyLoad, proxyLoads, requestOf, serviceLoads } from './load.ts';
import { type LoadOutcome, promised } from './promise.ts';
import { openScene, type Scene, type Service } from './scene.ts';
import { nginx, type OpenProxy, proxyLimit, proxyVariants } from './variant.ts';

/** As long as V8 goes on to improve what it runs. */
const warmUpSeconds = 6;

async function openProxies(
  scene: Scene,
  loads: readonly ProxyLoad[],
  resources: AsyncDisposableStack,
  { only, profileDir }: BenchOptions,
): Promise<OpenProxy[]> {
  const proxies: OpenProxy[] = [];
  for (const variant of chosen(proxyVariants(), only)) {
    const proxy = await variant.open({ scene, resources, profileDir });
    await check(proxy);
    proxies.push(proxy);
  }
  for (const load of loads) {
    for (const proxy of proxies) await wrk(requestOf(proxy, load, warmUpSeconds));
  }
  return proxies;
}

/** All proxies before one service, under each of these loads in turn. */
async function benchBefore(
  service: Service,
  loads: readonly ProxyLoad[],
  options: BenchOptions,
): Promise<{ outcomes: LoadOutcome[]; turns: Turn[] }> {
  const { rounds, seconds, say } = options;
  await using resources = new AsyncDisposableStack();
  const scene = await openScene(resources, say, service);
  const proxies = await openProxies(scene, loads, resources, options);
  const outcomes = loads.map((load) => ({ ...load, runs: [] as Run[] }));
  const turns: Turn[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const outcome of outcomes) {
      for (const proxy of rotated(proxies, round)) {
        const before = await scene.keyChecks();
        const run = await measureProxy(proxy, requestOf(proxy, outcome, seconds), round);
        const checks = (await scene.keyChecks()) - before;
        outcome.runs.push(run);
        const { variant, requests } = run;
        if (proxy.metricsUrl !== undefined) turns.push({ variant, requests, seconds, checks });
      }
    }
    say(`gateway, before ${service}: round ${round + 1} of ${rounds}`);
  }
  return { outcomes, turns };
}

/** The embedded gateway beside other proxies: all of them on one core, the load and what they ask on the others. */
export async function benchGateway(options: BenchOptions): Promise<Table[]> {
  requireWrk();
  const found = [
    await benchBefore('nginx', proxyLoads, options),
    await benchBefore('node:http', serviceLoads, options),
  ];
  const outcomes = found.flatMap((each) => each.outcomes);
  return [
    ...outcomes.map(({ title, runs }) => comparison(`Proxies: ${title}`, runs, proxyLimit, nginx)),
    promised(outcomes),
    keyChecks(found.flatMap(({ turns }) => turns)),
  ];
}
