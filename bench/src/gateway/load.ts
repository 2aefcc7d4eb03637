import { type LoadedRun, measureLoad } from '../http/load.ts';
import type { WrkRequest } from '../http/wrk.ts';
import { scrapeUntil } from './embedded/scrape.ts';
import type { OpenProxy } from './variant.ts';

/** One kind of load on a proxy. */
export interface ProxyLoad {
  readonly title: string;
  readonly method: WrkRequest['method'];
  readonly body?: string;
  readonly connections: number;
}

/** What callers send besides. */
export const headers = { 'x-api-key': 'a-key-of-the-bench' };

const path = '/blog/0f8fad5b-d9cb-469f-a165-70867728950e';
const kilobyte = JSON.stringify({ text: 'x'.repeat(1_013) });

/** The loads before a service that takes more than any proxy passes on, the lightest first. */
export const proxyLoads: readonly ProxyLoad[] = [
  { title: 'GET, 1 connection', method: 'GET', connections: 1 },
  { title: 'GET, 64 connections', method: 'GET', connections: 64 },
  { title: 'POST of 1 kB, 64 connections', method: 'POST', body: kilobyte, connections: 64 },
];

/** The load before a service on node:http. */
export const serviceLoads: readonly ProxyLoad[] = [
  { title: 'GET of 1 kB, 64 connections, before node:http', method: 'GET', connections: 64 },
];

const urlOf = ({ port }: OpenProxy) => `http://127.0.0.1:${port}${path}`;

/** What wrk is to send. */
export function requestOf(
  proxy: OpenProxy,
  { method, body, connections }: ProxyLoad,
  seconds: number,
): WrkRequest {
  return {
    url: urlOf(proxy),
    method,
    headers,
    connections,
    seconds,
    ...(body === undefined ? {} : { body }),
  };
}

/** @throws when a proxy does not pass on what it is to: the answer to a GET, and the whole body of a POST */
export async function check(proxy: OpenProxy): Promise<void> {
  for (const { method, body } of proxyLoads) {
    const sent = body === undefined ? { method, headers } : { method, headers, body };
    const answer = await fetch(urlOf(proxy), sent);
    const { data }: { data?: { id?: string } } = JSON.parse(await answer.text());
    const id = body === undefined ? '0f8fad5b' : String(Buffer.byteLength(body));
    if (answer.status !== 200 || data?.id !== id) throw new Error(`${proxy.variant} forwards wrongly`);
  }
}

/** A turn of a proxy; the metrics of one that has them are read meanwhile. */
export async function measureProxy(proxy: OpenProxy, request: WrkRequest, round: number): Promise<LoadedRun> {
  const { metricsUrl } = proxy;
  if (metricsUrl === undefined) return await measureLoad(proxy, request, round);
  const over = new AbortController();
  const [run] = await Promise.all([
    measureLoad(proxy, request, round).finally(() => over.abort()),
    scrapeUntil(over.signal, metricsUrl),
  ]);
  return run;
}
