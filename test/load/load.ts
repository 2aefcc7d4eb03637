import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Plan } from './plan.ts';
import { type Counts, percentile, sumCounts } from './tally.ts';

const program = fileURLToPath(new URL('./process.ts', import.meta.url));
const processes = 2;

/** What came of a load. */
export interface LoadReport extends Counts {
  /** Requests a second that were sent or would have been, had a connection been free. */
  readonly offeredPerSec: number;
  readonly goodPerSec: number;
  readonly goodP50Ms: number;
  readonly goodP99Ms: number;
  readonly refusedP99Ms: number;
}

async function runProcess(plan: Plan): Promise<Counts> {
  const child = fork(program, { serialization: 'advanced' });
  child.send(plan);
  const [counts] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the load ended with ${code}`))),
  ])) as [Counts];
  child.disconnect();
  return counts;
}

/** Puts load on a server from two processes of their own, and waits for the end. */
export async function runLoad(plan: Plan): Promise<LoadReport> {
  const share = {
    ...plan,
    connections: Math.ceil(plan.connections / processes),
    ...(plan.ratePerSec === undefined ? {} : { ratePerSec: plan.ratePerSec / processes }),
  };
  const counts = sumCounts(await Promise.all(Array.from({ length: processes }, () => runProcess(share))));
  const sent = Object.values(counts.outcomes).reduce((sum, number) => sum + number, 0);
  const seconds = plan.durationMs / 1_000;
  return {
    ...counts,
    offeredPerSec: Math.round((sent + counts.unsent) / seconds),
    goodPerSec: Math.round(counts.outcomes.good / seconds),
    goodP50Ms: percentile(counts.goodMs, 0.5),
    goodP99Ms: percentile(counts.goodMs, 0.99),
    refusedP99Ms: percentile(counts.refusedMs, 0.99),
  };
}
