import { loopback, waitForFreePort } from '../servers/port.ts';
import { Child, describeExit, type Exit, type Program } from './child.ts';

const tailLines = 30;
const pollMs = 20;
const drainMs = 300;

/** How a program becomes a server on one port. */
export interface DaemonPlan {
  readonly name: string;
  readonly host?: string;
  readonly port: number;
  readonly url: string;
  /** Makes ready what the program needs (folders, files) and says how to run it; asked before every start. */
  program(): Promise<Program>;
  /** Resolves when the server answers, rejects when it does not (yet). */
  probe(): Promise<void>;
  /** How long a start may take. @default 30000 */
  readonly readyMs?: number;
  /** Every line the program prints. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** The process of every run, as soon as it is there. */
  readonly onSpawn?: ((pid: number) => void) | undefined;
  /** Undoes what a temporary server left. */
  dispose?(): Promise<void>;
}

/** A program kept on one port over many runs: tests and the launcher start, stop, kill and pause it. */
export class Daemon {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly #plan: DaemonPlan;
  #child: Child | undefined;
  #tail: string[] = [];

  constructor(plan: DaemonPlan) {
    this.name = plan.name;
    this.host = plan.host ?? loopback;
    this.port = plan.port;
    this.url = plan.url;
    this.#plan = plan;
  }

  /** The running process; undefined between runs. */
  get pid(): number | undefined {
    return this.#child?.running ? this.#child.pid : undefined;
  }

  /** The end of the current run, or of the last one; undefined before the first. */
  get exited(): Promise<Exit> | undefined {
    return this.#child?.exited;
  }

  /** Runs the program, on the same port and data as before, and waits until it answers. */
  async start(): Promise<void> {
    await this.launch();
    try {
      await this.ready();
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  /** Runs the program without waiting for it to answer. */
  async launch(): Promise<void> {
    if (this.pid !== undefined) return;
    await waitForFreePort(this.port, this.host);
    const program = await this.#plan.program();
    this.#tail = [];
    this.#child = await Child.spawn(program, (line) => {
      this.#tail = [...this.#tail.slice(1 - tailLines), line];
      this.#plan.onLine?.(line);
    });
    this.#plan.onSpawn?.(this.#child.pid);
  }

  /** Waits until the server answers; rejects with what it printed when it ends before that. */
  async ready(timeoutMs = this.#plan.readyMs ?? 30_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const outcome = await this.#plan.probe().then(
        () => undefined,
        (error: unknown) => error,
      );
      if (outcome === undefined) return;
      if (this.pid === undefined) throw await this.#ended();
      if (Date.now() > deadline) {
        throw new Error(`${this.name} did not answer within ${timeoutMs / 1000} s: ${String(outcome)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  /** The last lines of a run that has ended, once its output has been read. */
  async lastWords(): Promise<readonly string[]> {
    // What it started may hold its output open for longer.
    await Promise.race([this.#child?.drained, new Promise((resolve) => setTimeout(resolve, drainMs))]);
    return this.#tail;
  }

  /** One question to the server: rejects when it does not answer. */
  probe(): Promise<void> {
    return this.#plan.probe();
  }

  /** Ends it politely, hard after its deadline, or this one. Idempotent. */
  async stop(stopMs?: number): Promise<void> {
    await this.#child?.stop(stopMs);
  }

  /** SIGKILL, to the process and all below it. */
  async kill(): Promise<void> {
    await this.#child?.kill();
  }

  /** SIGSTOP: it hangs, connections stay open. */
  pause(): void {
    this.#child?.signalAll('SIGSTOP');
  }

  /** SIGCONT. */
  resume(): void {
    this.#child?.signalAll('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.#plan.dispose?.();
  }

  async #ended(): Promise<Error> {
    const exit = await this.exited;
    const how = exit ? describeExit(exit) : 'never ran';
    return new Error(
      `${this.name} ended before it answered (${how}):\n${(await this.lastWords()).join('\n')}`,
    );
  }
}
