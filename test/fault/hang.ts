import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The process and those below it: PostgreSQL has one for each connection. */
async function treeOf(pid: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,ppid=']);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = [pid];
  for (const parent of found) for (const [child = 0, of] of lines) if (of === parent) found.push(child);
  return found;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

/** Stops a process and all below it (SIGSTOP): connections stay open and nothing answers. It goes on at disposal. */
export async function hang(pid: number): Promise<Disposable> {
  const stopped = await treeOf(pid);
  for (const one of stopped) signal(one, 'SIGSTOP');
  return {
    [Symbol.dispose]() {
      for (const one of stopped) signal(one, 'SIGCONT');
    },
  };
}
