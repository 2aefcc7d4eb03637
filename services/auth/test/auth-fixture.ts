import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectNats, type NatsClient } from '@tsmicro/micro';
import { openPostgres, type Postgres, sql } from '@tsmicro/postgres';
import type { RunningService } from '@tsmicro/service';
import { type Server as Dependency, startNats, startPostgres, startRedis } from '@tsmicro/stack';
import { pino } from 'pino';
import { parseEnvironment } from '../src/config.ts';
import { openServer } from '../src/server.ts';
import { AuthClient } from './auth-client.ts';

/** The servers that an auth service needs, a database and keys of its own. */
export interface Surroundings extends AsyncDisposable {
  postgres: Dependency;
  redis: Dependency;
  nats: Dependency;
  /** The service's own database, for looking behind its back. */
  database: Postgres<unknown>;
  /** PEM of the key that signs tokens. */
  privateKey: string;
  publicKey: string;
  /** What the environment would say to a service here; a port is chosen by it. */
  environment: Record<string, string>;
}

function addressOf({ url, host, port }: Dependency, database: string) {
  const { username, password } = new URL(url);
  return { host, port, user: decodeURIComponent(username), password: decodeURIComponent(password), database };
}

async function createDatabase(server: Dependency, name: string, stack: AsyncDisposableStack): Promise<void> {
  const root = new URL(server.url).pathname.slice(1);
  const execute = async (statement: string) => {
    await using postgres = await openPostgres(addressOf(server, root));
    await sql.raw(statement).execute(postgres.db);
  };
  await execute(`create database ${name}`);
  stack.defer(() => execute(`drop database ${name} with (force)`));
}

export async function writeKeys(dir: string, modulusLength = 2_048) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const paths = {
    privatePath: join(dir, `${randomUUID()}.pem`),
    publicPath: join(dir, `${randomUUID()}.pem`),
  };
  await writeFile(paths.privatePath, privateKey, { mode: 0o600 });
  await writeFile(paths.publicPath, publicKey);
  return { privateKey, publicKey, ...paths };
}

export async function openKeyFolder(stack: AsyncDisposableStack): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'tsmicro-auth-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/**
 * Servers for one test file. PostgreSQL and Redis may be shared with other files; NATS never, since there every service
 * named auth would take a part of the requests. `ownServers` is for tests that break them.
 */
export async function openSurroundings({ ownServers = false } = {}): Promise<Surroundings> {
  await using opening = new AsyncDisposableStack();
  const shared = ownServers ? {} : process.env;
  const [postgres, redis, nats] = await Promise.all([
    startPostgres({ url: shared.POSTGRES_URL, durable: false }),
    startRedis({ url: shared.REDIS_URL }),
    startNats(),
  ]);
  for (const server of [postgres, redis, nats]) opening.use(server);
  const name = `auth_test_${randomUUID().slice(0, 8)}`;
  if (postgres.external) await createDatabase(postgres, name, opening);
  else await createDatabase(postgres, name, new AsyncDisposableStack());
  const address = addressOf(postgres, name);
  const database = opening.use(await openPostgres<unknown>({ ...address, maxPoolSize: 2 }));
  const keys = await writeKeys(await openKeyFolder(opening));
  const environment = {
    SERVER_PORT: '0',
    // Tests come from one address, and many try one account at once; those of the limits turn them on.
    RATE_LIMIT: 'off',
    METRICS_PORT: '0',
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    DB_HOST: address.host,
    DB_PORT: String(address.port),
    DB_NAME: name,
    DB_USER: address.user,
    DB_USER_PWD: address.password,
    REDIS_HOST: redis.host,
    REDIS_PORT: String(redis.port),
    NATS_URL: nats.url,
    RSA_PRIVATE_KEY_PATH: keys.privatePath,
    RSA_PUBLIC_KEY_PATH: keys.publicPath,
  };
  const opened = opening.move();
  const dispose = () => opened.disposeAsync();
  return { postgres, redis, nats, database, ...keys, environment, [Symbol.asyncDispose]: dispose };
}

/** Opens one auth service of this process, as its main would. */
export function openAuthServer(
  { environment }: Pick<Surroundings, 'environment'>,
  changes: Record<string, string> = {},
): Promise<RunningService> {
  const config = parseEnvironment({ ...environment, ...changes });
  return openServer(config, { logger: pino({ level: config.LOG_LEVEL }) });
}

/** Somebody who asks the service over NATS. */
export function connectAsker({ nats }: Pick<Surroundings, 'nats'>): Promise<NatsClient> {
  return connectNats({ natsUrl: nats.url, natsServiceName: 'test', natsServiceVersion: '1.0.0' });
}

/** One auth service and a client of it. */
export interface AuthFixture extends AsyncDisposable {
  surroundings: Surroundings;
  server: RunningService;
  client: AuthClient;
}

export async function openAuth(
  changes: Record<string, string> = {},
  options?: { ownServers: boolean },
): Promise<AuthFixture> {
  await using opening = new AsyncDisposableStack();
  const surroundings = opening.use(await openSurroundings(options));
  const server = opening.use(await openAuthServer(surroundings, changes));
  const client = opening.use(new AuthClient(server.address));
  const opened = opening.move();
  return { surroundings, server, client, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** Asks until the answer is accepted; the last answer when the deadline passed. */
export async function eventually<T>(
  ask: () => Promise<T>,
  accept: (answer: T) => boolean,
  deadlineMs = 5_000,
): Promise<T> {
  const until = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (accept(answer) || performance.now() > until) return answer;
    await sleep(25);
  }
}
