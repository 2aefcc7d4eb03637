import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPort } from '@tsmicro/stack';

const deploy = join(import.meta.dirname, '..', '..', 'deploy');
const servers = join(import.meta.dirname, '..', '..', 'stack', 'src', 'servers');
const startMs = 10_000;
const program = 'nats-server';

/** What everybody of deploy/nats.conf signs in with, in a test: all digits, or with an e between them, are words too. */
export const passwords = {
  auth: '0123456789',
  blog: '12e45',
  front: 'front-word',
  console: 'console-word',
  gateway: 'gateway-word',
  setup: 'setup-word',
  operator: 'operator-word',
} as const;

/** A copy of the files for NATS in deploy/, as far as the nats-server of this machine understands them. */
export class ProductionFiles implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'tsmicro-nats-'));

  constructor() {
    for (const name of readdirSync(deploy).filter((file) => /^nats.*\.conf$/.test(file)))
      cpSync(join(deploy, name), join(this.folder, name));
    // Debian's nats-server is 2.9; the line came with 2.10, and is the only one that 2.9 does not know.
    if (!serverKnowsSync()) this.edit('nats.conf', /^ *sync_interval: always\n/m, () => '');
    this.edit('nats.conf', /"\/data\/jetstream"/, () => JSON.stringify(this.path('store')));
    const variables = Object.entries(passwords).map(
      ([name, word]) => `${name.toUpperCase()}_NATS_PASSWORD: "${word}"\n`,
    );
    writeFileSync(this.path('nats-passwords.conf'), variables.join(''));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Replaces what must be there. */
  edit(name: string, pattern: RegExp, replace: (found: string) => string): void {
    const before = readFileSync(this.path(name), 'utf8');
    const after = before.replace(pattern, replace);
    if (after === before) throw new Error(`${name} has no ${pattern}`);
    writeFileSync(this.path(name), after);
  }

  /** What the servers of a cluster know of each other. */
  writeRoutes(): void {
    const routes = [6222, 6223, 6224].map((port) => `"nats-route://route:word@127.0.0.1:${port}"`);
    const lines = ['ROUTE_NATS_PASSWORD: "word"', `NATS_ROUTES: [${routes.join(', ')}]`, ''];
    writeFileSync(this.path('nats-routes.conf'), lines.join('\n'));
  }

  /** What nats-server says of a file; nothing is started. @throws with its words when it refuses the file */
  check(name: string, environment: NodeJS.ProcessEnv = {}): string {
    return execFileSync(program, ['-t', '-c', this.path(name)], {
      env: { ...process.env, ...environment },
      encoding: 'utf8',
      stdio: 'pipe',
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * Runs the program of nats-streams, with nothing beside it but what its container has; resolves when it has made the
 * streams.
 */
export async function keepStreams(folder: string, url: string): Promise<AsyncDisposable> {
  const app = join(folder, 'app');
  for (const name of ['keep-event-streams.ts', 'event-streams.ts', 'ask.ts'])
    cpSync(join(servers, name), join(app, name));
  const [urlFile, madeFile] = [join(folder, 'setup-nats-url'), join(folder, 'streams-made')];
  writeFileSync(urlFile, url);
  const env = { PATH: process.env.PATH, NATS_URL_FILE: urlFile, MADE_FILE: madeFile };
  const child = spawn(process.execPath, [join(app, 'keep-event-streams.ts')], { env, stdio: 'ignore' });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const deadline = performance.now() + startMs;
  while (!existsSync(madeFile)) {
    if (performance.now() > deadline) {
      await stop();
      throw new Error('no streams were made');
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { [Symbol.asyncDispose]: stop };
}

function serverKnowsSync(): boolean {
  const [, major = 0, minor = 0] =
    /v(\d+)\.(\d+)/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' })) ?? [];
  return Number(major) > 2 || Number(minor) >= 10;
}

/** A server that runs by deploy/nats.conf, on loopback. */
export class ProductionServer implements AsyncDisposable {
  readonly #stop: () => Promise<void>;
  readonly port: number;

  private constructor(port: number, stop: () => Promise<void>) {
    this.port = port;
    this.#stop = stop;
  }

  static async start(files: ProductionFiles): Promise<ProductionServer> {
    const port = await findPort();
    const where = ['-a', '127.0.0.1', '-p', String(port), '-m', String(await findPort())];
    const child = spawn(program, ['-c', files.path('nats.conf'), ...where], {
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    const server = new ProductionServer(port, async () => {
      child.kill('SIGTERM');
      await ended;
    });
    const deadline = performance.now() + startMs;
    while (!(await accepts(port))) {
      if (child.exitCode !== null || performance.now() > deadline)
        throw new Error('nats-server did not start');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return server;
  }

  /** The URL with this user in it. */
  url(user: keyof typeof passwords): string {
    return `nats://${user}:${passwords[user]}@127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}
