import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
}

function readStat(pid: number): { state: string; parent: number; startTicks: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name stands in parentheses and may itself contain any character: fields count from the last ')'.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', parent: Number(fields[1]), startTicks: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

function ps(...args: string[]): string {
  try {
    return execFileSync('ps', args, {
      encoding: 'utf8',
      timeout: 5_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return '';
  }
}

function processTable(): ProcessLine[] {
  if (process.platform !== 'linux') {
    return ps('-axo', 'pid=,ppid=')
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .map(([pid = 0, parent = 0]) => ({ pid, parent }));
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: readStat(Number(name))?.parent ?? 0 }));
}

/** All processes below this one, children first, found in the system's process table. */
export function descendants(pid: number): number[] {
  const table = processTable();
  const found = [pid];
  for (const ancestor of found) {
    for (const line of table) if (line.parent === ancestor) found.push(line.pid);
  }
  return found.slice(1);
}

/** Whether the process runs. A zombie, ended but not yet collected by its parent, does not. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return process.platform !== 'linux' || !'ZX'.includes(readStat(pid)?.state ?? 'X');
}

/**
 * When the process started, in the system's own words: together with the pid it names one process for ever, as
 * pids are given out again and start times are not. Undefined when there is no such process.
 */
export function startTime(pid: number): string | undefined {
  if (process.platform !== 'linux') return ps('-o', 'lstart=', '-p', String(pid)).trim() || undefined;
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const stat = readStat(pid);
  return stat && `${boot}/${stat.startTicks}`;
}

/** The command line, words parted by blanks; empty when there is no such process. */
export function commandLine(pid: number): string {
  if (process.platform !== 'linux') return ps('-o', 'args=', '-p', String(pid)).trim();
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

/** Sends the signal to one process; false when it is gone. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** Sends the signal to the process and to all below it. */
export function signalTree(pid: number, name: NodeJS.Signals): void {
  const below = descendants(pid);
  signal(pid, name);
  for (const child of below) signal(child, name);
}
