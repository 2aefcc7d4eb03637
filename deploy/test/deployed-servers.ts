// The servers of the deployment, on loopback instead of in containers: real programs, with the files that containers would
// get. Only addresses, ports and folders are others.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findPort, type Server, startPostgres } from '@tsmicro/stack';
import { Running } from './running.ts';

const run = promisify(execFile);
const deploy = join(import.meta.dirname, '..');

/** Where the servers of a deployment are. */
export interface DeployedServers extends AsyncDisposable {
  postgres: Server;
  redisPort: number;
  natsPort: number;
  /** Runs psql as the operator does, with this as its input; what it printed. */
  psql(input: string, ...args: string[]): Promise<string>;
}

async function openFolder(opened: AsyncDisposableStack): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'tsmicro-deployed-'));
  opened.defer(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** NATS with nats.conf and the passwords that it includes. */
async function startNats(secrets: string, dir: string, port: number): Promise<Running> {
  const text = await readFile(join(deploy, 'nats.conf'), 'utf8');
  const { stdout: version } = await run('nats-server', ['--version']);
  const old = /v2\.[0-9]\./.test(version);
  const moved = text
    .replace('port: 4222', `listen: "127.0.0.1:${port}"`)
    .replace('127.0.0.1:8222', '127.0.0.1:-1')
    .replace('/data/jetstream', join(dir, 'jetstream'))
    // nats-server knows it since 2.10.
    .replace('sync_interval: always', old ? '' : 'sync_interval: always');
  await writeFile(join(dir, 'nats.conf'), moved);
  await cp(join(secrets, 'nats-passwords.conf'), join(dir, 'nats-passwords.conf'));
  return Running.spawn('nats-server', ['--config', join(dir, 'nats.conf')], { ready: /Server is ready/ });
}

/** Redis with the arguments that compose.yml gives it, and the ACL. */
async function startRedis(command: string, secrets: string, dir: string, port: number): Promise<Running> {
  const args = command
    .replace('""', '')
    .replace('/run/secrets/acl', join(secrets, 'auth-redis.acl'))
    .split(' ');
  const place = ['--bind', '127.0.0.1', '--port', String(port), '--dir', dir];
  return Running.spawn('redis-server', [...args.slice(1), ...place], {
    ready: /Ready to accept connections/,
  });
}

/** Starts PostgreSQL, Redis and NATS for auth. `redisCommand` is what compose.yml has as the command of auth's Redis. */
export async function startDeployedServers(secrets: string, redisCommand: string): Promise<DeployedServers> {
  await using opening = new AsyncDisposableStack();
  const dir = await openFolder(opening);
  const [redisPort, natsPort] = [await findPort(), await findPort()];
  opening.use(await startRedis(redisCommand, secrets, dir, redisPort));
  opening.use(await startNats(secrets, dir, natsPort));
  const postgres = opening.use(await startPostgres({ durable: false }));
  const { username, password } = new URL(postgres.url);
  const env = {
    PATH: process.env.PATH,
    PGHOST: postgres.host,
    PGPORT: String(postgres.port),
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: 'postgres',
    POSTGRES_USER: decodeURIComponent(username),
    AUTH_PASSWORD_FILE: join(secrets, 'auth-postgres-password'),
  };
  await run(join(deploy, 'postgres', 'auth.sh'), { env });
  const psql = async (input: string, ...args: string[]) => {
    const asked = run('psql', ['--dbname', 'auth', '--set', 'ON_ERROR_STOP=1', ...args], {
      env,
      timeout: 10_000,
    });
    asked.child.stdin?.end(input);
    return (await asked).stdout;
  };
  const opened = opening.move();
  return { postgres, redisPort, natsPort, psql, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
