import { setTimeout as sleep } from 'node:timers/promises';

/** Fifteen times as often as Prometheus asks by default: a turn lasts only seconds. */
const everyMs = 1_000;

/** Reads a gateway's metrics again and again until `signal` aborts. @throws when they do not count requests */
export async function scrapeUntil(signal: AbortSignal, metricsUrl: string): Promise<void> {
  while (!signal.aborted) {
    const answer = await fetch(metricsUrl);
    const text = await answer.text();
    if (!answer.ok || !/^http_server_\w+/m.test(text))
      throw new Error(`${metricsUrl} does not count requests`);
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
