// How busy the machine is with what is not ours, from Linux's /proc: a figure that somebody else's compiler had a part in is
// no figure.
import { readFileSync } from 'node:fs';

/** The unit of both stat files (USER_HZ), which Linux has fixed at 100 a second. */
const tickMs = 10;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Ended meanwhile, or no Linux: what is computed of it will not be a number.
    return '';
  }
}

const sumMs = (fields: readonly string[], wanted: readonly number[]) =>
  wanted.reduce((sum, field) => sum + Number(fields[field]) * tickMs, 0);

/** What the machine's cores did, and what the host of a virtual machine took from them (steal). See proc_stat(5). */
function machineBusyMs(): number {
  const [all = ''] = read('/proc/stat').split('\n', 1);
  return sumMs(all.split(/\s+/), [1, 2, 3, 6, 7, 8]);
}

/** CPU time in ms of a process and of the children that it has seen end. See proc_pid_stat(5). */
export function processMs(pid: number): number {
  const text = read(`/proc/${pid}/stat`);
  // The program's name stands in parentheses and may hold anything: fields count from behind it.
  return sumMs(text.slice(text.lastIndexOf(')') + 2).split(' '), [11, 12, 13, 14]);
}

/** Begins to watch; what it gives tells how many cores others than we and `pids` have taken since. */
export function watchOthers(pids: readonly number[]): () => number {
  const others = () => machineBusyMs() - [process.pid, ...pids].reduce((sum, pid) => sum + processMs(pid), 0);
  const startedAt = performance.now();
  const before = others();
  return () => Math.max(0, (others() - before) / (performance.now() - startedAt));
}
