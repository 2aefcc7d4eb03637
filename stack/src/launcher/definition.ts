import type { KeyFiles } from '../home/keys.ts';
import type { Instance } from './instance.ts';

/** The servers the stack can start. */
export type ServerName = 'nats' | 'postgres' | 'redis' | 'mongo';

/** Variables for a process: undefined takes one away. */
export type Environment = Record<string, string | undefined>;

/** Where everything lives in this run: what the environment of a service is made of. */
export interface Surroundings extends KeyFiles {
  readonly host: string;
  /** Service name to its instances, at least one. */
  readonly instances: Readonly<Record<string, readonly Instance[]>>;
  /** Whether the gateway is to have several instances of a service before it from the start. */
  readonly balanced: boolean;
  /** Server name to URL; where services have databases, of the first one's; of NATS the operator's. */
  readonly urls: Readonly<Partial<Record<ServerName, string>>>;
  /** The URL of NATS with the user that a service, or the gateway, signs in as. */
  readonly natsUrls: Readonly<Record<string, string>>;
  /** Service name to the URL of its own database, with its own role where the server is ours. */
  readonly databases: Readonly<Record<string, string>>;
  readonly gatewayUrl: string;
  /** The API keys of those who ask the gateway, by their permission. */
  readonly apiKeys: Readonly<Record<string, string>>;
}

/** A process of ours that listens on HTTP. */
export interface ServiceDefinition {
  readonly name: string;
  /** The TypeScript or JavaScript file that Node runs. */
  readonly script: string;
  /** What Node itself is told, before the script. */
  readonly nodeArguments?: readonly string[];
  readonly usualPort: number;
  /** Where it shows its metrics. */
  readonly usualMetricsPort: number;
  /** It is started once these answer. */
  readonly needs: readonly ServerName[];
  /** The name of its own database, and of its role, for who needs PostgreSQL or MongoDB. */
  readonly database: string;
  /** The services that it may ask over NATS. */
  readonly asks: readonly string[];
  /** The folders of its code, its own and of packages it is built on. A change in them restarts it under `--watch`. */
  readonly sources: readonly string[];
  /** Of a site, the path at the gateway where people begin. */
  readonly site?: string | undefined;
  /** The permission of the API key that it asks the gateway with. */
  readonly apiKey?: string | undefined;
  /** Whether it may see what all others do, over NATS. */
  readonly observes?: boolean;
  /** The addresses that an instance gets: they win over what the person's environment says. */
  environment(surroundings: Surroundings, instance: Instance): Environment;
}

/** A whole stack: what `npm start` starts. The first service is the gateway, the way in. */
export interface StackDefinition {
  readonly title: string;
  /** The folder for everything that is kept between runs. */
  readonly home: string;
  readonly servers: readonly ServerName[];
  readonly gateway: ServiceDefinition;
  /** The first one with a database is the one that a database named in a server's given address belongs to. */
  readonly services: readonly ServiceDefinition[];
  /** Variables that hold unless the person's environment says otherwise. */
  readonly defaults: Environment;
  /** Paths at the gateway that answer 200 once everything works. */
  readonly readyPaths: readonly string[];
  /** Commands to try, for this gateway. */
  examples(gatewayUrl: string): readonly string[];
}
