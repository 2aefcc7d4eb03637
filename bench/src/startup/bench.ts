import { setTimeout as sleep } from 'node:timers/promises';
import { findPort } from '@tsmicro/stack';
import { type BenchOptions, chosen } from '../bench.ts';
import { rotated } from '../measure/run.ts';
import { formatSpread, spreadOf } from '../measure/spread.ts';
import type { Table } from '../measure/table.ts';
import { Worker } from '../worker/worker.ts';
import { httpSubjects, natsSubjects, type Subject, type Subjects } from './subject.ts';

interface Start {
  variant: string;
  round: number;
  firstMs: number;
  restMiB: number;
}

/** After the first answer, so that what the start left to be collected may be collected. */
const restMs = 1_500;

async function measure(subject: Subject, round: number, profileDir: string | undefined): Promise<Start> {
  const { variant, script, args, first } = subject;
  const startedAt = performance.now();
  await using worker = new Worker({ name: `${variant} start`, script, args, profileDir });
  await Promise.all([worker.ready, first()]);
  const firstMs = performance.now() - startedAt;
  await sleep(restMs);
  const { rssBytes } = await worker.usage();
  return { variant, round, firstMs, restMiB: rssBytes / 1024 / 1024 };
}

function tableOf({ title, limit, subjects }: Subjects, starts: readonly Start[]): Table {
  const rows = subjects.map(({ variant }) => {
    const own = starts.filter((start) => start.variant === variant);
    const ratios = (figure: (start: Start) => number) =>
      own.flatMap((start) => {
        const against = starts.find((other) => other.variant === limit && other.round === start.round);
        return against === undefined ? [] : [figure(start) / figure(against)];
      });
    return [
      variant,
      formatSpread(spreadOf(ratios(({ firstMs }) => firstMs)), 2),
      formatSpread(spreadOf(own.map(({ firstMs }) => firstMs)), 0),
      formatSpread(spreadOf(ratios(({ restMiB }) => restMiB)), 2),
      formatSpread(spreadOf(own.map(({ restMiB }) => restMiB)), 0),
    ];
  });
  const heads = ['variant', `start to ${limit}`, 'first answer ms', `memory to ${limit}`, 'RSS at rest MiB'];
  return { title, heads, rows };
}

/** From the spawn of a process to its first answer, and the memory that it holds when nothing happens. */
export async function benchStartup({ rounds, only, profileDir, say }: BenchOptions): Promise<Table[]> {
  await using resources = new AsyncDisposableStack();
  const tables: Table[] = [];
  for (const all of [await natsSubjects(resources), httpSubjects(await findPort())]) {
    const subjects = chosen(all.subjects, only);
    const starts: Start[] = [];
    for (let round = 0; round < rounds; round++) {
      for (const subject of rotated(subjects, round)) starts.push(await measure(subject, round, profileDir));
      say(`startup: round ${round + 1} of ${rounds}: ${all.title}`);
    }
    tables.push(tableOf({ ...all, subjects }, starts));
  }
  return tables;
}
