import type { BenchOptions } from '../bench.ts';
import { requireWrk } from '../http/wrk.ts';
import { type Point, slopeOf } from '../measure/line.ts';
import type { Table } from '../measure/table.ts';
import { check, measureProxy, proxyLoads, requestOf } from './load.ts';
import { openScene } from './scene.ts';
import { embedded, type OpenProxy, openEmbedded } from './variant.ts';

/** Until then the heap finds its size. */
const settledAfter = 100_000;
/** Less than the smallest object that V8 can keep: nothing that every request leaves behind hides below it. */
const flatBytesPerRequest = 16;
const longestMs = 15 * 60_000;
const mebibyte = 1024 * 1024;

/** How much memory a process holds (y, in bytes) after how many requests (x). */
async function sample(proxy: OpenProxy, requests: number): Promise<Point> {
  return { x: requests, y: (await proxy.usage()).rssBytes };
}

/** What a curve of memory says, in a table. */
export function memoryTable(points: readonly Point[]): Table {
  const settled = points.filter(({ x }) => x >= settledAfter);
  const slope = slopeOf(settled);
  const mib = (point: Point | undefined) => (point === undefined ? '-' : (point.y / mebibyte).toFixed(1));
  return {
    title: 'Memory of the embedded gateway under 64 connections, GET and POST in turn',
    heads: ['requests', 'RSS MiB before', 'after 100,000', 'most', 'at the end', 'bytes per request', 'flat'],
    rows: [
      [
        String(points.at(-1)?.x ?? 0),
        mib(points[0]),
        mib(settled[0]),
        mib(settled.toSorted((a, b) => b.y - a.y)[0]),
        mib(points.at(-1)),
        Number.isNaN(slope) ? '-' : slope.toFixed(1),
        Number.isNaN(slope) ? '-' : slope < flatBytesPerRequest ? 'yes' : 'no',
      ],
    ],
    words: 0,
  };
}

/** A million requests through the embedded gateway, or as many as were asked for or 15 minutes have. */
export async function benchGatewayMemory({
  seconds,
  requests,
  profileDir,
  say,
}: BenchOptions): Promise<Table[]> {
  requireWrk();
  await using resources = new AsyncDisposableStack();
  const scene = await openScene(resources, say);
  const proxy = await openEmbedded(embedded, { scene, resources, profileDir });
  await check(proxy);
  const crowds = proxyLoads.filter(({ connections }) => connections > 1);
  const points = [await sample(proxy, 0)];
  const giveUpAt = performance.now() + longestMs;
  let done = 0;
  while (done < requests && performance.now() < giveUpAt) {
    for (const load of crowds) {
      const run = await measureProxy(proxy, requestOf(proxy, load, seconds), points.length);
      if (run.errors > 0) throw new Error(`${run.errors} of ${run.requests} requests failed`);
      done += run.requests;
    }
    points.push(await sample(proxy, done));
    say(`gateway-memory: ${done} of ${requests} requests`);
  }
  return [memoryTable(points)];
}
