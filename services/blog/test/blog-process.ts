import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from './blog-fixture.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** A blog service as a process of its own. */
export class BlogProcess implements AsyncDisposable {
  readonly child: ChildProcessWithoutNullStreams;
  out = '';
  err = '';

  constructor(environment: Record<string, string>) {
    this.child = spawn(process.execPath, [main], { env: environment });
    this.child.stdout.on('data', (data: Buffer) => {
      this.out += data;
    });
    this.child.stderr.on('data', (data: Buffer) => {
      this.err += data;
    });
  }

  /** Its log, line by line. */
  get lines(): { level: number; msg: string; address?: string; metrics?: string }[] {
    return this.out
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  async line(message: string | RegExp): Promise<{ address?: string; metrics?: string }> {
    const found = () => this.lines.find(({ msg }) => msg.match(message));
    await eventually(
      async () => found() !== undefined || this.child.exitCode,
      (seen) => seen === true,
      10_000,
    );
    return found() ?? {};
  }

  /** Its exit code, and how long it took to end. */
  async ended(): Promise<{ code: number | null; tookMs: number }> {
    const began = performance.now();
    if (this.child.exitCode === null) await once(this.child, 'exit', { signal: AbortSignal.timeout(15_000) });
    return { code: this.child.exitCode, tookMs: performance.now() - began };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
      await once(this.child, 'exit');
    }
  }
}
