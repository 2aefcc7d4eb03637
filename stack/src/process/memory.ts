import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { descendants } from './tree.ts';

/** Proportional set size: memory shared by several processes (PostgreSQL's buffers) counts once in their sum. */
function proportionalBytes(pid: number): number | undefined {
  try {
    const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

function residentBytes(pid: number): number {
  try {
    const answer = execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], {
      timeout: 5_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return Number(answer) * 1024;
  } catch {
    return 0;
  }
}

/** Memory held by the process and all below it, in bytes. */
export function memoryBytes(pid: number): number {
  return [pid, ...descendants(pid)].reduce(
    (sum, member) => sum + (proportionalBytes(member) ?? residentBytes(member)),
    0,
  );
}
