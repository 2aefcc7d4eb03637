import type { KeyFiles } from '../home/keys.ts';

/** The servers the stack can start. */
export type ServerName = 'nats' | 'postgres' | 'redis' | 'mongo';

/** Variables for a process: undefined takes one away. */
export type Environment = Record<string, string | undefined>;

/** Where everything lives in this run: what the environment of a service is made of. */
export interface Surroundings extends KeyFiles {
  readonly host: string;
  /** Service name to port. */
  readonly ports: Readonly<Record<string, number>>;
  /** Server name to URL; the PostgreSQL one is of `postgresDatabase`, for its own role. */
  readonly urls: Readonly<Partial<Record<ServerName, string>>>;
}

/** A process of ours that listens on HTTP. */
export interface ServiceDefinition {
  readonly name: string;
  /** The TypeScript or JavaScript file that Node runs. */
  readonly script: string;
  readonly usualPort: number;
  /** It is started once these answer. */
  readonly needs: readonly ServerName[];
  /** The addresses it gets: they win over what the person's environment says. */
  environment(surroundings: Surroundings): Environment;
}

/** A whole stack: what `npm start` starts. The first service is the gateway, the way in. */
export interface StackDefinition {
  readonly title: string;
  /** The folder for everything that is kept between runs. */
  readonly home: string;
  readonly servers: readonly ServerName[];
  readonly gateway: ServiceDefinition;
  readonly services: readonly ServiceDefinition[];
  /** Database and role in PostgreSQL, and database in MongoDB. */
  readonly postgresDatabase: string;
  readonly mongoDatabase: string;
  /** Variables that hold unless the person's environment says otherwise. */
  readonly defaults: Environment;
  /** Paths at the gateway that answer 200 once everything works. */
  readonly readyPaths: readonly string[];
  /** Commands to try, for this gateway. */
  examples(gatewayUrl: string): readonly string[];
}
