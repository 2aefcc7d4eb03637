import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const readyMs = 20_000;
const stopMs = 10_000;

/** How a process is started, and how it is known that it is ready. */
export interface RunningOptions {
  /** Something that it prints once it is ready. */
  ready: RegExp;
  cwd?: string;
  /** @default that of this process */
  env?: NodeJS.ProcessEnv;
}

/** A process that runs until it is disposed of. */
export class Running implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  output = '';

  private constructor(command: string, args: readonly string[], { cwd, env }: RunningOptions) {
    this.#child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#exited = once(this.#child, 'exit');
    const hear = (data: Buffer) => {
      this.output += data;
    };
    this.#child.stdout?.on('data', hear);
    this.#child.stderr?.on('data', hear);
  }

  /** Starts a program; resolves when it is ready. @throws with what it printed when it ends, or takes over 20 s */
  static async spawn(command: string, args: readonly string[], options: RunningOptions): Promise<Running> {
    const running = new Running(command, args, options);
    const late = AbortSignal.timeout(readyMs);
    while (!options.ready.test(running.output)) {
      const heard = [running.#child.stdout, running.#child.stderr].map((stream) =>
        stream === null ? undefined : once(stream, 'data', { signal: late }),
      );
      const over = Promise.race([running.#exited, ...heard]).catch(() => {});
      await over;
      if (late.aborted || running.#child.exitCode !== null) {
        await running[Symbol.asyncDispose]();
        throw new Error(`${command} is not ready:\n${running.output}`);
      }
    }
    return running;
  }

  /** Ends it politely; its exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    const hard = setTimeout(() => this.#child.kill('SIGKILL'), stopMs);
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.#exited;
    clearTimeout(hard);
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
