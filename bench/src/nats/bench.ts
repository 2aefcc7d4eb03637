import { startNats } from '@tsmicro/stack';
import { type BenchOptions, chosen } from '../bench.ts';
import { comparison } from '../measure/comparison.ts';
import { type Run, rotated } from '../measure/run.ts';
import type { Table } from '../measure/table.ts';
import { Pair } from './pair.ts';
import { natsLimit, natsVariants } from './variant.ts';

const concurrencies = [1, 16, 64, 256];
const warmUpMs = 1_500;
/** Before each run, so that it does not pay for what the one before left behind. */
const leadInMs = 200;

/** Request and reply over one NATS server of its own, at several concurrencies. */
export async function benchNats({ rounds, seconds, only, profileDir, say }: BenchOptions): Promise<Table[]> {
  await using resources = new AsyncDisposableStack();
  const server = resources.use(await startNats());
  const pairs: Pair[] = [];
  for (const { variant, module } of chosen(natsVariants, only)) {
    pairs.push(resources.use(await Pair.start({ variant, module, url: server.url, profileDir })));
  }
  for (const pair of pairs) await pair.warmUp(64, warmUpMs);

  const runs = new Map<number, Run[]>(concurrencies.map((concurrency) => [concurrency, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [concurrency, measured] of runs) {
      for (const pair of rotated(pairs, round)) {
        await pair.warmUp(concurrency, leadInMs);
        const at = { round, concurrency, ms: seconds * 1_000, serverPid: server.pid ?? 0 };
        measured.push(await pair.measure(at, say));
      }
    }
    say(`nats: round ${round + 1} of ${rounds}`);
  }
  return Array.from(runs, ([concurrency, measured]) =>
    comparison(`NATS request and reply, ${concurrency} at a time`, measured, natsLimit, 'nc.request'),
  );
}
