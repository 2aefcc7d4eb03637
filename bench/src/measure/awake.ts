// Cores that do not fall asleep. Between two requests a core of a virtual machine may go back to its host, and come again when
// the host sees fit: that says nothing of what is measured, and meets a proxy the more often the longer it works on a request.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const scheduler = 'chrt';
const script = join(import.meta.dirname, 'awake.js');

const canIdle = () => spawnSync(scheduler, ['--idle', '0', 'true'], { stdio: 'ignore' }).status === 0;

/**
 * Something that runs on each of `cores` whenever nothing else would (SCHED_IDLE, see sched(7)), until it is disposed of;
 * nothing where the system knows no such thing.
 */
export class AwakeCores implements Disposable {
  readonly #children: readonly ChildProcess[];

  constructor(cores: readonly number[]) {
    this.#children = (canIdle() ? cores : []).map((core) => {
      const onCore = ['taskset', '--cpu-list', String(core), process.execPath, script];
      return spawn(scheduler, ['--idle', '0', ...onCore], { stdio: ['pipe', 'ignore', 'inherit'] });
    });
  }

  /** Of what runs there. */
  get pids(): number[] {
    return this.#children.flatMap(({ pid }) => pid ?? []);
  }

  [Symbol.dispose](): void {
    for (const child of this.#children) child.kill();
  }
}
