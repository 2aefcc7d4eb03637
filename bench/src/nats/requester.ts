// node requester.ts MODULE URL: the asking side of a variant, in a process of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '../worker/child.js';
import { type Holder, type Question, question } from './conversation.js';

type Ask = (question: Question) => Promise<Holder>;

/** What a run at one concurrency came to. */
export interface NatsLoad {
  requests: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  errors: number;
  lastError: string | undefined;
}

const firstMs = 60_000;
const retryMs = 2;

/** Asks until there is an answer. */
async function first(ask: Ask): Promise<true> {
  const giveUpAt = performance.now() + firstMs;
  for (;;) {
    try {
      await ask(question);
      return true;
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await sleep(retryMs);
    }
  }
}

/** Keeps `concurrency` questions under way for `ms`. */
async function load(ask: Ask, { concurrency, ms }: { concurrency: number; ms: number }): Promise<NatsLoad> {
  const latencies: number[] = [];
  let errors = 0;
  let lastError: string | undefined;
  const startedAt = performance.now();
  const endAt = startedAt + ms;
  const caller = async () => {
    let askedAt = performance.now();
    while (askedAt < endAt) {
      try {
        const { id, verified } = await ask(question);
        if (id.length !== 36 || !verified) throw new Error('a wrong answer');
      } catch (error) {
        errors++;
        lastError = String(error);
      }
      const answeredAt = performance.now();
      latencies.push(answeredAt - askedAt);
      askedAt = answeredAt;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  const seconds = (performance.now() - startedAt) / 1_000;
  const sorted = Float64Array.from(latencies).sort();
  const quantile = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  const requests = latencies.length;
  return {
    requests,
    perSecond: (requests - errors) / seconds,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    errors,
    lastError,
  };
}

const [module = '', url = ''] = process.argv.slice(2);
const variant: { request: (url: string) => Promise<Ask> } = await import(module);
const ask = await variant.request(url);
serve({
  first: () => first(ask),
  load: ({ concurrency, ms }) => load(ask, { concurrency: Number(concurrency), ms: Number(ms) }),
});
