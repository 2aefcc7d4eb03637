import { rmSync } from 'node:fs';
import { signalTree } from './tree.ts';

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
const children = new Set<number>();
const folders = new Set<string>();
let watching = false;

function endAll(): void {
  for (const pid of children) signalTree(pid, 'SIGKILL');
  children.clear();
  for (const folder of folders) removeFolder(folder);
}

function watch(): void {
  if (watching) return;
  watching = true;
  process.once('exit', endAll);
  for (const [name, number] of Object.entries(signalNumbers)) {
    // Without a listener a signal ends a process with no 'exit' event. Whoever has a listener of his own decides himself.
    process.on(name, () => {
      if (process.listenerCount(name) === 1) process.exit(128 + number);
    });
  }
}

/** Sees to it that this child does not outlive us, however we end (but for SIGKILL: see the launcher's ledger). */
export function adopt(pid: number): void {
  watch();
  children.add(pid);
}

/** The child has ended: its pid may belong to somebody else from now on. */
export function release(pid: number): void {
  children.delete(pid);
}

/** Removes this temporary folder when we exit, if `removeFolder` has not done it before. */
export function removeAtExit(folder: string): void {
  watch();
  folders.add(folder);
}

/** Removes a temporary folder with all that is in it. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  folders.delete(folder);
}
