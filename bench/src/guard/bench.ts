import { type BenchOptions, chosen } from '../bench.ts';
import { headers as keyHeaders } from '../gateway/load.ts';
import { measureLoad } from '../http/load.ts';
import { requireWrk, wrk } from '../http/wrk.ts';
import { comparison, ratioOf } from '../measure/comparison.ts';
import { type Run, rotated } from '../measure/run.ts';
import { formatSpread } from '../measure/spread.ts';
import type { Table } from '../measure/table.ts';
import { authorization, guardings } from './author.ts';
import { type GuardedBlog, openGuardedBlogs, variantOf } from './scene.ts';

const warmUpSeconds = 4;
const none = variantOf('none');
const kept = variantOf('kept');
/** Of the reads without a guard. */
const leastRatio = 0.8;
const headers = { ...keyHeaders, authorization };

/** @throws when a guard does not let the author through to the drafts */
async function check({ url, variant }: GuardedBlog): Promise<void> {
  const answer = await fetch(url, { headers });
  const { data }: { data?: unknown[] } = JSON.parse(await answer.text());
  if (answer.status !== 200 || data?.length !== 10) throw new Error(`${variant} answers ${answer.status}`);
}

function promised(runs: readonly Run[]): Table {
  const spread = ratioOf(runs, kept, none);
  const holds = spread.median >= leastRatio ? 'yes' : 'no';
  return {
    title: 'What is promised of the guard',
    heads: ['read', `requests/s to ${none}, at least ${leastRatio}`],
    rows: [['GET /blog/author/drafts, decision kept', `${formatSpread(spread, 2)} ${holds}`]],
  };
}

/** An author's drafts through the gateway: without a guard, behind one that keeps decisions, and one that asks each time. */
export async function benchGuard(options: BenchOptions): Promise<Table[]> {
  const { rounds, seconds, say } = options;
  requireWrk();
  await using resources = new AsyncDisposableStack();
  const variants = guardings.map((guarding) => ({ guarding, variant: variantOf(guarding) }));
  const wanted = chosen(variants, options.only).map(({ guarding }) => guarding);
  const blogs = await openGuardedBlogs(resources, wanted);
  for (const blog of blogs) {
    await check(blog);
    await wrk({ url: blog.url, method: 'GET', headers, seconds: warmUpSeconds });
  }
  const runs: Run[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const blog of rotated(blogs, round)) {
      runs.push(await measureLoad(blog, { url: blog.url, method: 'GET', headers, seconds }, round));
    }
    say(`guard: round ${round + 1} of ${rounds}`);
  }
  const title = "An author's drafts, through the gateway, 64 connections";
  return [comparison(title, runs, none, kept), promised(runs)];
}
