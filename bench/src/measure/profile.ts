// Reads V8's CPU profiles: a tree of calls, and the node that each sample found on top.
import { globSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Table } from './table.ts';

interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
}

const lines = 25;
const notWork = new Set(['(idle)', '(root)']);
const root = join(import.meta.dirname, '..', '..', '..');

/** "packages/micro/src/client.ts:81"; Node's own files keep their names, those of a package begin with it. */
function placeOf(url: string, lineNumber: number): string {
  const file = url.startsWith('file:') ? relative(root, fileURLToPath(url)) : url;
  const short = file.split(`node_modules${sep}`).at(-1) ?? file;
  return url === '' ? '' : `${short}:${lineNumber + 1}`;
}

function costliest(file: string): Table {
  const { nodes, samples, timeDeltas }: Profile = JSON.parse(readFileSync(file, 'utf8'));
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const usBy = new Map<string, number>();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined || notWork.has(frame.functionName)) continue;
    const us = timeDeltas[index] ?? 0;
    const key = `${frame.functionName || '(anonymous)'}\t${placeOf(frame.url, frame.lineNumber)}`;
    usBy.set(key, (usBy.get(key) ?? 0) + us);
    total += us;
  }
  const rows = Array.from(usBy)
    .sort(([, a], [, b]) => b - a)
    .slice(0, lines)
    .map(([key, us]) => [
      ...key.split('\t'),
      `${((us / total) * 100).toFixed(1)} %`,
      (us / 1_000).toFixed(0),
    ]);
  return {
    title: basename(file, '.cpuprofile'),
    heads: ['function', 'place', 'of its CPU time', 'ms'],
    rows,
    words: 2,
  };
}

/** One table for each profile written there since: the functions in which the most time went, without what they called. */
export function costliestIn(dir: string, since: number): Table[] {
  const files = globSync(join(dir, '*.cpuprofile')).filter((file) => statSync(file).mtimeMs >= since);
  return files.sort().map(costliest);
}
