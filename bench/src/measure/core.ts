// Who runs on which cores, by Linux's taskset: a proxy on one, what asks it and what answers it on the others.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const binder = 'taskset';

/** The numbers in a list of cores as Linux writes it: "0-2,5". See cpuset(7). */
export function parseCores(list: string): number[] {
  return (list.match(/\d+(?:-\d+)?/g) ?? []).flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

function coresOf(status: string): number[] {
  return parseCores(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '');
}

function ownCores(): number[] {
  try {
    return coresOf(readFileSync('/proc/self/status', 'utf8'));
  } catch {
    // No Linux.
    return [];
  }
}

function bind(pid: number, cores: readonly number[]): boolean {
  return spawnSync(binder, ['-acp', cores.join(','), String(pid)], { stdio: 'ignore' }).status === 0;
}

/**
 * The cores divided in two: the last is for what is measured; this process, and what it starts from now on, has the others
 * until it is disposed of.
 */
export class DividedCores implements Disposable {
  /** All of them, by number; none where the system does not tell. */
  readonly all: readonly number[] = ownCores();
  readonly #last = this.all.at(-1) ?? 0;
  /** Whether that was possible: it takes two cores and taskset. */
  readonly divided: boolean;

  constructor() {
    this.divided = this.all.length > 1 && bind(process.pid, this.all.slice(0, -1));
  }

  /** Gives a process the core of what is measured. @throws when it does not get it */
  bind(pid: number): void {
    if (this.divided && !bind(pid, [this.#last])) throw new Error(`taskset could not bind process ${pid}`);
  }

  [Symbol.dispose](): void {
    if (this.divided) bind(process.pid, this.all);
  }
}
