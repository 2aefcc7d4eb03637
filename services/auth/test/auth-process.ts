import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from './auth-fixture.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** An auth service as a process of its own. */
export class AuthProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  out = '';
  err = '';

  constructor(environment: Record<string, string>) {
    this.#child = spawn(process.execPath, [main], { env: environment });
    this.#exited = once(this.#child, 'exit');
    this.#child.stdout?.on('data', (data: Buffer) => {
      this.out += data;
    });
    this.#child.stderr?.on('data', (data: Buffer) => {
      this.err += data;
    });
  }

  /** The log line with this message, when it comes. */
  async line(message: string): Promise<{ address?: string }> {
    const find = async () => this.out.split('\n').find((line) => line.includes(`"msg":"${message}"`));
    const line = await eventually(
      find,
      (found) => found !== undefined || this.#child.exitCode !== null,
      60_000,
    );
    assert.ok(line, `${message}: ${this.err}`);
    return JSON.parse(line);
  }

  /** Ends it politely; the exit code and how long that took. */
  async stop(): Promise<{ code: number | null; tookMs: number }> {
    const began = performance.now();
    this.#child.kill('SIGTERM');
    const code = await this.exit();
    return { code, tookMs: performance.now() - began };
  }

  async exit(): Promise<number | null> {
    await this.#exited;
    return this.#child.exitCode;
  }

  /** Ends it as a crash of the machine would. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
