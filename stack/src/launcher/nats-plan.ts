import { type Secrets, userPassword } from '../home/secrets.ts';
import { makeEventStreams } from '../servers/event-streams.ts';
import type { NatsOptions } from '../servers/nats.ts';
import {
  asUser,
  gatewayPermissions,
  type NatsPermissions,
  type NatsUser,
  operatorPermissions,
  servicePermissions,
  setupPermissions,
  sitePermissions,
} from '../servers/nats-user.ts';
import { findPort } from '../servers/port.ts';
import type { ServiceDefinition, StackDefinition } from './definition.ts';
import { instanceName } from './instance.ts';

const clusterSize = 3;
const clusterPort = 6222;
const portOffset = 10;
const setupName = 'setup';
const clusterMs = 30_000;
const givenMs = 3_000;

/** Which servers the stack's NATS is, and who may sign in there. */
export class NatsPlan {
  /** The names of the servers' processes. */
  readonly members: readonly string[];
  /** The operator first, then a user for each service, for the gateway, and for who makes streams. */
  readonly #users: readonly NatsUser[];
  readonly #clients: readonly string[];
  readonly #services: StackDefinition['services'];
  readonly #routePassword: string;
  #ports: Promise<readonly number[]> | undefined;

  constructor({ gateway, services }: StackDefinition, secrets: Secrets, clustered: boolean) {
    this.members = Array.from({ length: clustered ? clusterSize : 1 }, (_, i) => instanceName('nats', i + 1));
    this.#services = services;
    this.#routePassword = userPassword(secrets, 'route');
    this.#clients = [gateway, ...services].map(({ name }) => name);
    const allowed: [name: string, permissions: NatsPermissions][] = [
      ['operator', operatorPermissions],
      [setupName, setupPermissions],
      [gateway.name, gatewayPermissions],
      ...services.map((service): [string, NatsPermissions] => [service.name, permissionsOf(service)]),
    ];
    this.#users = allowed.map(([name, permissions]) => ({
      name,
      password: userPassword(secrets, name),
      permissions,
    }));
  }

  /** What a member is to be started with. */
  async optionsFor(member: string): Promise<Pick<NatsOptions, 'users' | 'cluster'>> {
    const users = this.#users;
    if (this.members.length === 1) return { users };
    this.#ports ??= findClusterPorts(this.members.length);
    const ports = await this.#ports;
    const port = ports[this.members.indexOf(member)] ?? clusterPort;
    return { users, cluster: { member, port, ports, password: this.#routePassword } };
  }

  /**
   * Makes the streams of events, and for each service the consumers of the events of those whose contract it is built on:
   * on our own servers as the user for that, for as long as a cluster takes to choose its leaders.
   * @throws {Error} with what the server said
   */
  async makeStreams(url: string, { own }: { own: boolean }): Promise<void> {
    const setup = this.#users.find(({ name }) => name === setupName);
    const hearing = this.#services.filter(({ site }) => site === undefined);
    const hearers = hearing.map(({ name, asks }) => ({ service: name, hears: asks }));
    const wanted = { hearers, replicas: own ? this.members.length : 1 };
    const patience = AbortSignal.timeout(own ? clusterMs : givenMs);
    await makeEventStreams(own && setup ? asUser(url, setup) : url, wanted, patience);
  }

  /** Service name, or the gateway's, to this URL with its user. */
  urlsFor(url: string): Record<string, string> {
    const users = this.#users.filter(({ name }) => this.#clients.includes(name));
    return Object.fromEntries(users.map((user) => [user.name, asUser(url, user)]));
  }
}

function permissionsOf({ name, asks, site, observes = false }: ServiceDefinition): NatsPermissions {
  return site === undefined ? servicePermissions(name, asks) : sitePermissions(name, { observes });
}

async function findClusterPorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = await findPort(clusterPort + ports.length * portOffset);
    if (!ports.includes(port)) ports.push(port);
  }
  return ports;
}
