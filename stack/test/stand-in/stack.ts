import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPort } from '../../src/index.ts';
import { commandLine } from '../../src/process/tree.ts';
import { waitFor } from './wait.ts';

const script = fileURLToPath(new URL('./main.ts', import.meta.url));
const commandTimeoutMs = 60_000;

/** What a command printed, stdout and stderr, and its exit code. */
export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** A command of the launcher that runs. */
export class RunningCommand {
  readonly process: ChildProcess;
  readonly ended: Promise<Outcome>;
  output = '';

  constructor(child: ChildProcess) {
    this.process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += String(chunk);
      });
    }
    this.ended = once(child, 'close').then(([code]) => ({ code, output: this.output }));
  }

  /** Resolves when it has printed this. */
  async printed(text: string): Promise<void> {
    await waitFor(`"${text}" in the output`, () => this.output.includes(text), commandTimeoutMs);
  }
}

/** A stack of stand-in services in a folder of its own; removed, with all that runs, at the end of a test. */
export class StandInStack implements AsyncDisposable {
  readonly home: string;
  readonly gatewayPort: number;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(home: string, gatewayPort: number, environment: NodeJS.ProcessEnv) {
    this.home = home;
    this.gatewayPort = gatewayPort;
    this.#environment = environment;
  }

  static async create(servers: string, environment: NodeJS.ProcessEnv = {}): Promise<StandInStack> {
    const folder = mkdtempSync(join(tmpdir(), 'tsmicro-stack-'));
    const home = join(folder, '.stack');
    const port = await findPort();
    const ours = { STAND_IN_HOME: home, STAND_IN_PORT: String(port), STAND_IN_SERVERS: servers };
    // Servers that the environment names would be used instead of our own.
    const { NATS_URL, POSTGRES_URL, REDIS_URL, MONGO_URL, ...inherited } = process.env;
    return new StandInStack(home, port, { ...inherited, NO_COLOR: '1', ...ours, ...environment });
  }

  /** Runs a command and leaves it running. */
  begin(...args: string[]): RunningCommand {
    const child = spawn(process.execPath, [script, ...args], {
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new RunningCommand(child);
  }

  /** Runs a command to its end. */
  async run(...args: string[]): Promise<Outcome> {
    const command = this.begin(...args);
    const timer = setTimeout(() => command.process.kill('SIGKILL'), commandTimeoutMs);
    return await command.ended.finally(() => clearTimeout(timer));
  }

  addresses(): {
    readonly pids: Readonly<Record<string, number>>;
    readonly instances: Readonly<Record<string, readonly string[]>>;
    readonly metrics: Readonly<Record<string, string>>;
  } & Readonly<Record<string, string>> {
    return JSON.parse(readFileSync(join(this.home, 'addresses.json'), 'utf8'));
  }

  /** Those of these processes that still run as the stack's own. */
  survivors(pids: Readonly<Record<string, number>>): string[] {
    return Object.entries(pids)
      .filter(([, pid]) => commandLine(pid) !== '')
      .map(([name]) => name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run('reset', '--yes');
    rmSync(join(this.home, '..'), { recursive: true, force: true });
  }
}
