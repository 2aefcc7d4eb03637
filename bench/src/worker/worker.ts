import { type ChildProcess, fork } from 'node:child_process';
import { basename, join } from 'node:path';

/** What a process has used so far. */
export interface Usage {
  cpuUs: number;
  rssBytes: number;
}

/** What to run. */
export interface WorkerProgram {
  /** Used in messages, and as the file name of a profile. */
  name: string;
  script: string;
  args: readonly string[];
  /** Variables besides those of the bench itself. */
  env?: Readonly<Record<string, string>> | undefined;
  /** What Node itself is told. */
  nodeArguments?: readonly string[] | undefined;
  /** Where its CPU profile is written when it ends; without it there is none. */
  profileDir?: string | undefined;
}

/** A question by its name, with what it needs. */
export type Question = { name: string } & Record<string, unknown>;

interface Pending {
  resolve: (answer: unknown) => void;
  reject: (error: Error) => void;
}

interface Message {
  ready?: true;
  id?: number;
  answer?: unknown;
  error?: string;
}

const stopMs = 5_000;

/** What our own scripts send is what their callers know it to be. */
const trusted = <T>(value: unknown): T => value as T;

/** A process of the bench, which answers questions. It ends when the bench does. */
export class Worker implements AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  /** Resolves when the process says that it is ready; rejects when it ends before. */
  readonly ready: Promise<void>;
  readonly #handle: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  readonly #exited: Promise<void>;
  #lastId = 0;

  constructor({ name, script, args, env, nodeArguments = [], profileDir }: WorkerProgram) {
    this.name = name;
    this.#handle = fork(script, args, {
      env: { ...process.env, NODE_ENV: 'production', ...env },
      execArgv: [...nodeArguments, ...(profileDir === undefined ? [] : profileArguments(name, profileDir))],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.pid = this.#handle.pid ?? 0;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ready = promise;
    // Whoever does not wait for it learns of an early end by his first question.
    promise.catch(() => {});
    this.#handle.on('message', (message) => this.#receive(trusted<Message>(message), resolve));
    this.#exited = new Promise((done) => {
      this.#handle.on('error', (error) => {
        reject(error);
        // What could not be started does not end either.
        if (this.pid === 0) done();
      });
      this.#handle.once('exit', (code, signal) => {
        const error = new Error(`${name} (${basename(script)}) ended with ${signal ?? code}`);
        reject(error);
        for (const pending of this.#pending.values()) pending.reject(error);
        this.#pending.clear();
        done();
      });
    });
  }

  /** Starts a process and waits until it is ready. */
  static async start(program: WorkerProgram): Promise<Worker> {
    const worker = new Worker(program);
    await worker.ready;
    return worker;
  }

  ask<T>(question: Question): Promise<T> {
    if (!this.#handle.connected) return Promise.reject(new Error(`${this.name} has ended`));
    const id = ++this.#lastId;
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(id, { resolve: (answer) => resolve(trusted<T>(answer)), reject });
      this.#handle.send({ id, question });
    });
  }

  usage(): Promise<Usage> {
    return this.ask({ name: 'usage' });
  }

  /** Politely first, so that what it says to others on leaving is said; hard after 5 s. */
  async [Symbol.asyncDispose](): Promise<void> {
    const late = setTimeout(() => this.#handle.kill('SIGKILL'), stopMs);
    // Answered by the end of the process.
    this.ask({ name: 'stop' }).catch(() => {});
    await this.#exited;
    clearTimeout(late);
  }

  #receive({ ready, id, answer, error }: Message, becomeReady: () => void): void {
    if (ready) becomeReady();
    if (id === undefined) return;
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) pending?.resolve(answer);
    else pending?.reject(new Error(`${this.name}: ${error}`));
  }
}

function profileArguments(name: string, dir: string): string[] {
  const file = `${name.replaceAll(/[^\w.-]+/g, '-')}.cpuprofile`;
  return ['--cpu-prof', `--cpu-prof-dir=${join(process.cwd(), dir)}`, `--cpu-prof-name=${file}`];
}
