import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { findPort } from '@tsmicro/stack';

const root = join(import.meta.dirname, '..');
const launcher = join(root, 'stack', 'src', 'main.ts');
const readyTimeoutMs = 90_000;

/** The API key that every stack in development knows. */
export const seedApiKey = '1D3F2DD1A5DE725DD4DF1D82BBB37';

/** The file that a running stack writes for its tests and tools. */
export interface Addresses {
  gateway: string;
  auth: string;
  blog: string;
  nats: string;
  postgres: string;
  redis: string;
  mongo: string;
  rsaPrivateKey: string;
  rsaPublicKey: string;
  /** By the name of a process: `auth`, `auth-2`. */
  pids: Record<string, number>;
  /** By the name of a process, as pids are. */
  metrics: Record<string, string>;
  /** The URLs of all instances of each service, the first one's first. */
  instances: Record<string, string[]>;
}

/** An answer of the gateway in the parts that the contract speaks of. */
export interface Answer {
  status: number;
  headers: Headers;
  /** The body as it came. */
  text: string;
  /** The body as JSON; undefined when it is none. */
  body: { code: string; status: number; message: string; data: unknown; requestId?: string } | undefined;
  ms: number;
}

/** What a sign-in gives. */
export interface Tokens {
  accessToken: string;
  refreshToken: string;
}

/** How to ask: the seed API key goes along unless `apiKey` says otherwise. */
export interface AskOptions {
  body?: unknown;
  token?: string;
  apiKey?: string | null;
  headers?: Record<string, string>;
  /** Ask this address instead of the gateway. */
  at?: string;
}

/** What was there before the system: servers with data, by the variables that name them, and the keys of tokens in PEM. */
export interface Inheritance {
  servers: Partial<Record<'NATS_URL' | 'POSTGRES_URL' | 'REDIS_URL' | 'MONGO_URL', string>>;
  rsaPrivateKey: string;
  rsaPublicKey: string;
}

/** The whole system as `npm start` runs it, in a folder and on ports of its own. */
export class System {
  readonly home: string;
  readonly #options: readonly string[];
  readonly #servers: Inheritance['servers'];
  #child: ChildProcess | undefined;
  #printed = '';
  #gatewayPort = 0;

  private constructor(home: string, options: readonly string[], servers: Inheritance['servers'] = {}) {
    this.home = home;
    this.#options = options;
    this.#servers = servers;
  }

  /**
   * Starts a system without data, with the options of `npm start` such as `--balanced`; it is stopped and its data
   * removed when the owner disposes of it.
   */
  static async open(...options: string[]): Promise<System> {
    const system = new System(await mkdtemp(join(tmpdir(), 'tsmicro-system-')), options);
    system.#gatewayPort = await findPort();
    await system.start();
    return system;
  }

  /** Starts a system on what another one has left; only its own folder is removed in the end. */
  static async openOn({ servers, rsaPrivateKey, rsaPublicKey }: Inheritance): Promise<System> {
    const system = new System(await mkdtemp(join(tmpdir(), 'tsmicro-system-')), [], servers);
    const keys = join(system.home, 'keys');
    await mkdir(keys);
    await writeFile(join(keys, 'private.pem'), rsaPrivateKey, { mode: 0o600 });
    await writeFile(join(keys, 'public.pem'), rsaPublicKey);
    system.#gatewayPort = await findPort();
    await system.start();
    return system;
  }

  /** Everything that the launcher has printed. */
  get printed(): string {
    return this.#printed;
  }

  /** Runs the launcher until the table of addresses is there. */
  async start(): Promise<void> {
    const words = ['start', '--port', String(this.#gatewayPort), ...this.#options];
    const child = spawn(process.execPath, [launcher, ...words], {
      env: this.#environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#printed += text;
      });
    }
    const deadline = performance.now() + readyTimeoutMs;
    while (!existsSync(join(this.home, 'addresses.json'))) {
      if (child.exitCode !== null || performance.now() > deadline) {
        throw new Error(`the system did not start:\n${this.#printed}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** SIGTERM to the launcher, as Ctrl-C would; resolves with its exit code. */
  async stop(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
    child.kill('SIGTERM');
    await once(child, 'exit');
    return child.exitCode;
  }

  async addresses(): Promise<Addresses> {
    return JSON.parse(await readFile(join(this.home, 'addresses.json'), 'utf8')) as Addresses;
  }

  /** The variables that a process was started with, as the stack made them. */
  async variables(name: string): Promise<Record<string, string>> {
    return parseEnv(await readFile(join(this.home, 'env', `${name}.env`), 'utf8')) as Record<string, string>;
  }

  /** The resident memory of every process, in MiB. */
  async memoryMib(): Promise<Record<string, number>> {
    const { pids } = await this.addresses();
    const { stdout } = await promisify(execFile)('ps', [
      '-o',
      'pid=,rss=',
      '-p',
      Object.values(pids).join(','),
    ]);
    const rss = new Map(
      stdout
        .trim()
        .split('\n')
        .map((line): [number, number] => {
          const [pid, kib] = line.trim().split(/\s+/);
          return [Number(pid), Number(kib)];
        }),
    );
    return Object.fromEntries(
      Object.entries(pids).map(([name, pid]) => [name, Math.round((rss.get(pid) ?? 0) / 1024)]),
    );
  }

  /** One of the launcher's other commands, as `npm run service -- kill auth`. @returns what it prints */
  async command(...words: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [launcher, ...words], {
      env: this.#environment(),
      timeout: 120_000,
    });
    return stdout;
  }

  /** One request through the gateway; a string body is sent as it is, anything else as JSON. */
  async ask(method: string, path: string, options: AskOptions = {}): Promise<Answer> {
    const {
      body,
      token,
      apiKey = seedApiKey,
      headers = {},
      at = `http://127.0.0.1:${this.#gatewayPort}`,
    } = options;
    const startedAt = performance.now();
    const response = await fetch(`${at}${path}`, {
      method,
      headers: {
        ...(apiKey === null ? {} : { 'x-api-key': apiKey }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: parsed(text),
      ms: performance.now() - startedAt,
    };
  }

  /** The data of a request that must succeed. @throws with the whole answer when it does not */
  async data<T>(method: string, path: string, options?: AskOptions): Promise<T> {
    const { status, text, body } = await this.ask(method, path, options);
    if (status !== 200 || body?.code !== '10000') throw new Error(`${method} ${path}: ${status} ${text}`);
    return body.data as T;
  }

  /** Signs in with the password of a seeded or signed-up user. */
  async signIn(email = 'admin@afteracademy.com', password = 'changeit'): Promise<Tokens> {
    const body = { email, password };
    return (await this.data<{ tokens: Tokens }>('POST', '/auth/signin/basic', { body })).tokens;
  }

  /** Asks until the answer has this status. @throws when it has not after `ms`; @returns the milliseconds it took */
  async until(
    status: number,
    ms: number,
    method: string,
    path: string,
    options?: AskOptions,
  ): Promise<number> {
    const startedAt = performance.now();
    for (;;) {
      const last = await this.ask(method, path, options).then(
        (answer) => answer.status,
        (error: Error) => error.message,
      );
      const elapsed = performance.now() - startedAt;
      if (last === status) return elapsed;
      if (elapsed > ms)
        throw new Error(
          `${method} ${path} was still ${last}, not ${status}, after ${Math.round(elapsed)} ms`,
        );
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  /** The person's environment, without servers that the test runner has named: this system starts its own, or inherits. */
  #environment(): NodeJS.ProcessEnv {
    const { NATS_URL, POSTGRES_URL, REDIS_URL, MONGO_URL, NODE_TEST_CONTEXT, ...inherited } = process.env;
    return { ...inherited, ...this.#servers, STACK_HOME: this.home, RATE_LIMIT: 'off', NO_COLOR: '1' };
  }
}

function parsed(text: string): Answer['body'] {
  try {
    return JSON.parse(text) as Answer['body'];
  } catch {
    return undefined;
  }
}
