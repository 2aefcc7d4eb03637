// The auth service as the process that it is, on servers of its own: the gateway is tied to it by HTTP and nothing else.
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPort, startNats, startPostgres, startRedis } from '@tsmicro/stack';

const main = fileURLToPath(new URL('../../../services/auth/src/main.ts', import.meta.url));
const startsWithinMs = 60_000;
const pollMs = 25;

/** The API key that an auth service in development knows. */
export const seedApiKey = '1D3F2DD1A5DE725DD4DF1D82BBB37';

/** An auth service that can be ended and started again on the same port; disposing of it ends its servers too. */
export interface AuthProcess extends AsyncDisposable {
  /** As in `http://127.0.0.1:8001`. */
  readonly url: string;
  /** Starts it, if it does not run; resolves when it is ready. */
  start(): Promise<void>;
  /** SIGKILL; resolves when it has ended. */
  kill(): Promise<void>;
  /** SIGSTOP: it takes connections and answers nothing. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** How many key checks it has answered since it was started, as its metrics say. */
  countChecks(): Promise<number>;
}

async function writeKeys(folder: string) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const paths = {
    RSA_PRIVATE_KEY_PATH: join(folder, 'private.pem'),
    RSA_PUBLIC_KEY_PATH: join(folder, 'public.pem'),
  };
  await writeFile(paths.RSA_PRIVATE_KEY_PATH, privateKey, { mode: 0o600 });
  await writeFile(paths.RSA_PUBLIC_KEY_PATH, publicKey);
  return paths;
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).catch(
    () => undefined,
  );
  await answer?.body?.cancel();
  return answer?.status === 200;
}

class RunningAuth implements AuthProcess {
  readonly url: string;
  readonly #environment: Record<string, string>;
  readonly #servers: AsyncDisposableStack;
  #child: ChildProcess | undefined;
  #output = '';

  constructor(environment: Record<string, string>, servers: AsyncDisposableStack) {
    this.#environment = environment;
    this.#servers = servers;
    this.url = `http://127.0.0.1:${environment.SERVER_PORT}`;
  }

  async start(): Promise<void> {
    if (this.#child !== undefined) return;
    const child = spawn(process.execPath, [main], {
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        ...this.#environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => {
        this.#output += text;
      });
    }
    const deadline = performance.now() + startsWithinMs;
    while (!(await isReady(this.url))) {
      if (child.exitCode !== null || performance.now() > deadline)
        throw new Error(`auth did not start:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  async countChecks(): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${this.#environment.METRICS_PORT}/metrics`);
    const lines = (await answer.text()).split('\n');
    const ended = lines.filter((line) =>
      /^http_server_request_duration_seconds_count\{.*verify\/apikey.*\}/.test(line),
    );
    return ended.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.#servers.disposeAsync();
  }
}

/** Opens an auth service with its seed data; Redis is the shared one where the environment names it. */
export async function openAuthProcess(): Promise<AuthProcess> {
  await using opening = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'gateway-auth-'));
  opening.defer(() => rm(folder, { recursive: true, force: true }));
  const [postgres, redis, nats] = await Promise.all([
    startPostgres({ durable: false }),
    startRedis({ url: process.env.REDIS_URL }),
    startNats(),
  ]);
  for (const server of [postgres, redis, nats]) opening.use(server);
  const { username, password, pathname } = new URL(postgres.url);
  const environment = {
    SERVER_HOST: '127.0.0.1',
    SERVER_PORT: String(await findPort()),
    METRICS_PORT: String(await findPort()),
    LOG_LEVEL: 'warn',
    DB_HOST: postgres.host,
    DB_PORT: String(postgres.port),
    DB_NAME: pathname.slice(1),
    DB_USER: decodeURIComponent(username),
    DB_USER_PWD: decodeURIComponent(password),
    REDIS_HOST: redis.host,
    REDIS_PORT: String(redis.port),
    NATS_URL: nats.url,
    ...(await writeKeys(folder)),
  };
  await using starting = new AsyncDisposableStack();
  const auth = starting.use(new RunningAuth(environment, opening.move()));
  await auth.start();
  starting.move();
  return auth;
}
