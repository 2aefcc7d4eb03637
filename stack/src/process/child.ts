import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { adopt, release } from './at-exit.ts';
import { signal, signalTree } from './tree.ts';

/** What to run and how it likes to be ended. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** @default 'SIGTERM' */
  readonly stopSignal?: NodeJS.Signals;
  /** How long it may take to end politely. @default 3000 */
  readonly stopMs?: number;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** "exit code 1" or "SIGKILL". */
export function describeExit(exit: Exit): string {
  return exit.signal ?? `exit code ${exit.code}`;
}

/** One run of a program: born running, in a process group of its own so that Ctrl-C reaches only us. */
export class Child {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Resolves when its output has been read to the end. */
  readonly drained: Promise<unknown>;
  readonly #program: Program;
  #exit: Exit | undefined;

  private constructor(program: Program, pid: number, handle: ChildProcess) {
    this.#program = program;
    this.pid = pid;
    adopt(pid);
    this.drained = once(handle, 'close');
    this.exited = new Promise((resolve) => {
      handle.once('exit', (code, endSignal) => {
        release(pid);
        this.#exit = { code, signal: endSignal };
        resolve(this.#exit);
      });
    });
  }

  /** Starts the program; each line it prints, on stdout or stderr, goes to `onLine`. */
  static async spawn(program: Program, onLine: (line: string) => void): Promise<Child> {
    const { command, args, env, cwd, uid, gid } = program;
    const handle = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      ...(env && { env }),
      ...(cwd !== undefined && { cwd }),
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
    });
    for (const stream of [handle.stdout, handle.stderr]) {
      if (stream) createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine);
    }
    await once(handle, 'spawn');
    return new Child(program, handle.pid ?? 0, handle);
  }

  get running(): boolean {
    return this.#exit === undefined;
  }

  /** Asks it to end; takes it down with all it started once its time is over, by default the program's own. */
  async stop(stopMs = this.#program.stopMs ?? 3_000): Promise<Exit> {
    const { stopSignal = 'SIGTERM' } = this.#program;
    if (this.running) {
      signal(this.pid, stopSignal);
      // A stopped process (SIGSTOP) would not hear the first signal.
      signalTree(this.pid, 'SIGCONT');
    }
    const timer = setTimeout(() => this.signalAll('SIGKILL'), stopMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }

  /** SIGKILL to it and all it started. */
  kill(): Promise<Exit> {
    this.signalAll('SIGKILL');
    return this.exited;
  }

  signalAll(name: NodeJS.Signals): void {
    if (this.running) signalTree(this.pid, name);
  }
}
