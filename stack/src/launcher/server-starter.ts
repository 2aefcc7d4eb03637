import type { Home } from '../home/home.ts';
import { rolePassword, type Secrets } from '../home/secrets.ts';
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
import type { ServerName, ServiceDefinition } from './definition.ts';
import { givenAddress, inDatabase, withDatabase } from './given-address.ts';
import type { NatsPlan } from './nats-plan.ts';

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

type Hearing = Pick<ServerOptions, 'onLine' | 'onSpawn'>;

/** How far the usual ports of the members of a cluster are from each other. */
const portOffset = 10;

/** Service name to the URL of its own database. */
export type Databases = Readonly<Record<string, string>>;

/** The programs of these servers that are not on this machine, and not given by an address. */
export function missingPrograms(servers: readonly ServerName[]): ServerProgram[] {
  return servers
    .filter((name) => givenAddress(name) === undefined)
    .flatMap((name) => kinds[name].program ?? [])
    .filter((program) => findProgram(program) === undefined);
}

/** Starts the servers of one stack, with their data in its home, and makes the services' databases in them. */
export class ServerStarter {
  readonly #services: readonly ServiceDefinition[];
  readonly #home: Home;
  readonly #secrets: Secrets;
  readonly #nats: NatsPlan;

  constructor(services: readonly ServiceDefinition[], home: Home, secrets: Secrets, nats: NatsPlan) {
    this.#services = services;
    this.#home = home;
    this.#secrets = secrets;
    this.#nats = nats;
  }

  /** The names of the processes that this server is: of a cluster, several. */
  members(name: ServerName): readonly string[] {
    return name === 'nats' ? this.#nats.members : [name];
  }

  /** Starts a member of a server on its usual port when that is free, else on a free one. */
  async start(name: ServerName, member: string, hear: Hearing): Promise<Daemon> {
    const above = this.members(name).indexOf(member) * portOffset;
    const port = await findPort(kinds[name].usualPort + above);
    try {
      return await this.#startOn(port, name, member, hear);
    } catch (error) {
      // Between our look and the server's own somebody else may have taken the port, as another stack that starts.
      const other = await findPort(port);
      if (other === port) throw error;
      return await this.#startOn(other, name, member, hear);
    }
  }

  async #startOn(port: number, name: ServerName, member: string, hear: Hearing): Promise<Daemon> {
    const options = { ...hear, dir: this.#home.dataDir(member), port };
    const server =
      name === 'nats'
        ? await startNats({ ...options, ...(await this.#nats.optionsFor(member)) })
        : await kinds[name].start(options);
    if (server.external) throw new Error(`${name} was given by its address`);
    return server;
  }

  /** Service name to the URL of its own database on a server of ours; makes them where they have to be made. */
  async openDatabases(name: ServerName, serverUrl: string): Promise<Databases> {
    const urls: Record<string, string> = {};
    for (const { name: service, database } of this.#ownersOn(name)) {
      const password = rolePassword(this.#secrets, database);
      urls[service] =
        name === 'postgres'
          ? await createDatabase(serverUrl, { database, role: database, password })
          : withDatabase(serverUrl, database);
    }
    return urls;
  }

  /**
   * The same on a server that was given: a database that its address names is the first service's, any other has the
   * service's name and is there already.
   */
  givenDatabases(name: ServerName, givenUrl: string): Databases {
    const urls = this.#ownersOn(name).map(({ name: service, database }, index) => [
      service,
      index === 0 ? withDatabase(givenUrl, database) : inDatabase(givenUrl, database),
    ]);
    return Object.fromEntries(urls);
  }

  #ownersOn(name: ServerName): readonly ServiceDefinition[] {
    const keepsData = name === 'postgres' || name === 'mongo';
    return keepsData ? this.#services.filter(({ needs }) => needs.includes(name)) : [];
  }
}
