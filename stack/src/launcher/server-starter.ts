import type { Home } from '../home/home.ts';
import type { Secrets } from '../home/secrets.ts';
import type { Daemon } from '../process/daemon.ts';
import type { ExternalServer } from '../servers/external-server.ts';
import { mongoPort, startMongo } from '../servers/mongo.ts';
import { natsPort, startNats } from '../servers/nats.ts';
import { findPort } from '../servers/port.ts';
import { postgresPort, startPostgres } from '../servers/postgres.ts';
import { createDatabase } from '../servers/postgres-database.ts';
import { findProgram, type ServerProgram } from '../servers/program.ts';
import { redisPort, startRedis } from '../servers/redis.ts';
import type { LocalServer, ServerOptions } from '../servers/server.ts';
import type { ServerName, StackDefinition } from './definition.ts';
import { givenAddress, withDatabase } from './given-address.ts';

interface ServerKind {
  readonly usualPort: number;
  /** What has to be installed; nothing where there is something else to fall back on. */
  readonly program?: ServerProgram;
  start(options: ServerOptions): Promise<LocalServer | ExternalServer>;
}

const kinds: Record<ServerName, ServerKind> = {
  nats: { usualPort: natsPort, program: 'nats-server', start: startNats },
  postgres: { usualPort: postgresPort, program: 'postgres', start: startPostgres },
  redis: { usualPort: redisPort, program: 'redis-server', start: startRedis },
  mongo: { usualPort: mongoPort, start: startMongo },
};

/** The programs of these servers that are not on this machine, and not given by an address. */
export function missingPrograms(servers: readonly ServerName[]): ServerProgram[] {
  return servers
    .filter((name) => givenAddress(name) === undefined)
    .flatMap((name) => kinds[name].program ?? [])
    .filter((program) => findProgram(program) === undefined);
}

/** Starts the servers of one stack, with their data in its home. */
export class ServerStarter {
  readonly #definition: StackDefinition;
  readonly #home: Home;
  readonly #secrets: Secrets;

  constructor(definition: StackDefinition, home: Home, secrets: Secrets) {
    this.#definition = definition;
    this.#home = home;
    this.#secrets = secrets;
  }

  /** The connection URL of a server that the environment gave; undefined when we are to start our own. */
  givenUrl(name: ServerName): string | undefined {
    const url = givenAddress(name);
    return url === undefined ? undefined : this.#withDatabase(name, url);
  }

  /** Starts the server on its usual port when that is free, else on a free one. */
  async start(name: ServerName, hear: Pick<ServerOptions, 'onLine' | 'onSpawn'>): Promise<Daemon> {
    const kind = kinds[name];
    const server = await kind.start({
      ...hear,
      dir: this.#home.dataDir(name),
      port: await findPort(kind.usualPort),
    });
    if (server.external) throw new Error(`${name} was given by its address`);
    return server;
  }

  /** The URL that services use on a server of ours; makes their database where it has to be made. */
  async openDatabase(name: ServerName, serverUrl: string): Promise<string> {
    if (name !== 'postgres') return this.#withDatabase(name, serverUrl);
    const { postgresDatabase } = this.#definition;
    return await createDatabase(serverUrl, {
      database: postgresDatabase,
      role: postgresDatabase,
      password: this.#secrets.postgresPassword,
    });
  }

  #withDatabase(name: ServerName, url: string): string {
    const { postgresDatabase, mongoDatabase } = this.#definition;
    const database = { postgres: postgresDatabase, mongo: mongoDatabase, nats: '', redis: '' }[name];
    return database === '' ? url : withDatabase(url, database);
  }
}
