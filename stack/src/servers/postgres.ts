import { Client } from 'pg';
import type { Program } from '../process/child.ts';
import { openDataDir } from './data-dir.ts';
import { ExternalServer } from './external-server.ts';
import { findPort, loopback } from './port.ts';
import { openCluster, type PostgresCluster, removeCluster, removeStaleLock } from './postgres-cluster.ts';
import { obtainProgram } from './program.ts';
import { LocalServer, type ServerOptions } from './server.ts';

/** The port PostgreSQL usually listens on. */
export const postgresPort = 5432;

/** What PostgreSQL can be asked beyond the usual. */
export interface PostgresOptions extends ServerOptions {
  /** false: fsync off, for tests that want speed and survive no power cut (a kill they do). @default true */
  readonly durable?: boolean;
}

/** Resolves when the server lets this URL in. */
export async function knock(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => {});
  try {
    await client.connect();
  } finally {
    await client.end();
  }
}

function settings(host: string, port: number, durable: boolean): string[] {
  const onOrOff = durable ? 'on' : 'off';
  const values = {
    listen_addresses: host,
    port,
    // Clients come over TCP; a socket path could be too long for the system.
    unix_socket_directories: '',
    fsync: onOrOff,
    full_page_writes: onOrOff,
    synchronous_commit: 'on',
    // Two services of 16 instances with the usual pools of 10, and room for who looks on.
    max_connections: 400,
    shared_buffers: '64MB',
    log_min_messages: 'warning',
    timezone: 'UTC',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function program(command: string, cluster: PostgresCluster, parameters: readonly string[]): Program {
  return {
    command,
    args: ['-D', cluster.dataDir, ...parameters],
    cwd: '/',
    // Fast shutdown: SIGTERM would wait until the last client leaves.
    stopSignal: 'SIGINT',
    ...cluster.owner,
  };
}

/**
 * Starts PostgreSQL on loopback, as another user when we are root; makes its database cluster at the first start.
 * `url` is the superuser's, on the database `postgres`; resolves when that URL is let in.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<LocalServer | ExternalServer> {
  if (options.url !== undefined) return new ExternalServer('postgres', options.url, postgresPort);
  const command = await obtainProgram('postgres');
  const durable = options.durable ?? true;
  const host = options.host ?? loopback;
  const port = options.port ?? (await findPort());
  const dir = openDataDir('postgres', options.dir);
  const cluster = await openCluster(command, dir.path, durable);
  const url = `postgres://${cluster.superuser}:${cluster.password}@${host}:${port}/postgres`;
  const server = new LocalServer({
    name: 'postgres',
    host,
    port,
    url,
    onLine: options.onLine,
    onSpawn: options.onSpawn,
    async dispose() {
      if (options.dir === undefined) removeCluster(dir.path);
      await dir.dispose();
    },
    async program() {
      removeStaleLock(cluster.dataDir);
      return program(command, cluster, settings(host, port, durable));
    },
    probe: () => knock(url),
  });
  await server.start();
  return server;
}
