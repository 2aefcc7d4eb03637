import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** An instance in a process of its own; killed when its owner disposes of it. */
export interface ChildInstance extends Disposable {
  readonly process: ChildProcess;
}

/** Starts one; it answers when this resolves. */
export async function spawnInstance(natsUrl: string): Promise<ChildInstance> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'instance.ts'), natsUrl], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  assert.ok(child.stdout);
  await once(child.stdout, 'data');
  return { process: child, [Symbol.dispose]: () => child.kill('SIGKILL') };
}
