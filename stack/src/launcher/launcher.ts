import { rmSync, writeFileSync } from 'node:fs';
import type { Home } from '../home/home.ts';
import { type KeyFiles, openKeys } from '../home/keys.ts';
import { apiKeyFor, openSecrets } from '../home/secrets.ts';
import { loopback } from '../servers/port.ts';
import { writeAddresses } from './addresses.ts';
import type { ServerName, ServiceDefinition, StackDefinition, Surroundings } from './definition.ts';
import { Fleet } from './fleet.ts';
import { givenAddress, withoutPassword } from './given-address.ts';
import { type Instance, isInstanceOf } from './instance.ts';
import { NatsPlan } from './nats-plan.ts';
import type { PortBook } from './port-book.ts';
import { waitUntilReady } from './readiness.ts';
import { type Databases, ServerStarter } from './server-starter.ts';
import { startService } from './service-starter.ts';
import { formatEnvironment } from './surroundings.ts';
import type { Terminal } from './terminal.ts';
import type { Unit } from './unit.ts';
import { type LauncherState, UnitBook } from './unit-book.ts';

const readyTimeoutMs = 90_000;

/** How much of everything there is to be. */
export interface Shape {
  /** Whether the gateway's declaration is the one for several instances. */
  readonly balanced: boolean;
  /** Instances by service; one where nothing is said. */
  readonly counts: ReadonlyMap<string, number>;
  /** NATS as a cluster of three servers instead of one. */
  readonly natsCluster: boolean;
}

/** One run of a stack: starts all of it, keeps it running, stops it in order. */
export class Launcher {
  readonly definition: StackDefinition;
  readonly #home: Home;
  readonly #terminal: Terminal;
  readonly #shape: Shape;
  readonly #book: UnitBook;
  readonly #fleets = new Map<string, Fleet>();
  readonly #urls: Partial<Record<ServerName, string>> = {};
  readonly #natsUrls: Record<string, string> = {};
  readonly #databases: Record<string, string> = {};
  readonly #apiKeys: Record<string, string> = {};
  readonly #stopping = new AbortController();
  #keys: KeyFiles = { rsaPrivateKey: '', rsaPublicKey: '' };
  #state: LauncherState = 'starting';
  #stopped: Promise<void> | undefined;

  constructor(definition: StackDefinition, home: Home, terminal: Terminal, shape: Shape) {
    this.definition = definition;
    this.#home = home;
    this.#terminal = terminal;
    this.#shape = shape;
    const owner = { state: () => this.#state, changed: () => this.#writeAddresses() };
    this.#book = new UnitBook(home, terminal, owner);
  }

  get state(): LauncherState {
    return this.#state;
  }

  /** Every program it runs; servers given by their address are not among them. */
  get units(): ReadonlyMap<string, Unit> {
    return this.#book.units;
  }

  /** The URLs that services use on the servers, our own and those that were given; on NATS the operator's. */
  get urls(): Readonly<Partial<Record<ServerName, string>>> {
    return this.#urls;
  }

  /** The instances of the gateway and of each service, by its name; empty before the start. */
  get fleets(): ReadonlyMap<string, Fleet> {
    return this.#fleets;
  }

  /** Starts everything on these ports; resolves when it answers through the gateway. */
  async start(ports: PortBook): Promise<void> {
    const { servers, readyPaths } = this.definition;
    // A run that was killed leaves its addresses, and readers take the file as a sign that all is ready.
    rmSync(this.#home.addressesFile, { force: true });
    await this.#allot(ports);
    const keys = openKeys(this.#home.keyDir).then((files) => {
      this.#keys = files;
    });
    const secrets = openSecrets(this.#home.secretsFile);
    for (const { apiKey } of this.definition.services)
      if (apiKey !== undefined) this.#apiKeys[apiKey] = apiKeyFor(secrets, apiKey);
    const nats = new NatsPlan(this.definition, secrets, this.#shape.natsCluster);
    const starter = new ServerStarter(this.definition.services, this.#home, secrets, nats);
    const started = new Map(servers.map((name) => [name, this.#startServer(starter, name, nats)]));
    const startFleet = async ({ name, needs }: ServiceDefinition) => {
      await Promise.all([keys, ...needs.map((need) => started.get(need))]);
      await this.#fleets.get(name)?.start();
    };
    await Promise.all([...started.values(), ...this.#services.map(startFleet)]);
    const gatewayUrl = this.#book.units.get(this.definition.gateway.name)?.url;
    const readyUrls = readyPaths.map((path) => `${gatewayUrl}${path}`);
    await waitUntilReady(readyUrls, this.units, readyTimeoutMs, this.#stopping.signal);
    this.#stopping.signal.throwIfAborted();
    this.#state = 'ready';
    this.#writeAddresses();
  }

  /** Stops gateway, services and servers, in this order. Idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopInOrder();
    return this.#stopped;
  }

  /** Ends all at once: for whoever cannot wait for `stop`. */
  async kill(): Promise<void> {
    await Promise.all([...this.units.values()].map((unit) => unit.kill()));
  }

  get #services(): readonly ServiceDefinition[] {
    return [this.definition.gateway, ...this.definition.services];
  }

  /** What is true for whoever is started now. */
  get #surroundings(): Surroundings {
    const [gateway] = this.#fleets.get(this.definition.gateway.name)?.instances ?? [];
    return {
      host: loopback,
      instances: Object.fromEntries([...this.#fleets].map(([name, { instances }]) => [name, instances])),
      balanced: this.#shape.balanced,
      urls: this.#urls,
      natsUrls: this.#natsUrls,
      databases: this.#databases,
      gatewayUrl: `http://${loopback}:${gateway?.port}`,
      apiKeys: this.#apiKeys,
      ...this.#keys,
    };
  }

  /** The first instance of each has its usual ports before a second one of another may come by them. */
  async #allot(ports: PortBook): Promise<void> {
    const host = {
      units: this.units,
      signal: this.#stopping.signal,
      start: (service: ServiceDefinition, instance: Instance) => this.#startService(service, instance),
      remove: (unit: Unit) => this.#book.remove(unit),
    };
    for (const service of this.#services) {
      const fleet = new Fleet(service, ports, host);
      this.#fleets.set(service.name, fleet);
      await fleet.allot(1);
    }
    for (const [name, count] of this.#shape.counts) await this.#fleets.get(name)?.allot(count);
  }

  async #startServer(starter: ServerStarter, name: ServerName, nats: NatsPlan): Promise<void> {
    const given = givenAddress(name);
    if (given !== undefined) {
      this.#noteUrls(name, given, starter.givenDatabases(name, given));
      this.#terminal.tell(`  ${name.padEnd(9)} ${withoutPassword(given)} (given, not ours to start or stop)`);
      if (name !== 'nats') return;
      for (const { name: service } of this.#services) this.#natsUrls[service] = given;
      await this.#makeStreams(nats, given, false);
      return;
    }
    const units = starter.members(name).map((member) => {
      const hear = this.#book.hear(member, (line) => this.#terminal.server(member, line));
      return this.#book.add(member, () => starter.start(name, member, hear));
    });
    await Promise.all(units.map((unit) => unit.start()));
    const url = units.map((unit) => unit.url).join(',');
    if (name === 'nats') {
      Object.assign(this.#natsUrls, nats.urlsFor(url));
      await this.#makeStreams(nats, url, true);
    }
    this.#noteUrls(name, url, await starter.openDatabases(name, url));
  }

  /** Without them all works but events, which wait. */
  async #makeStreams(nats: NatsPlan, url: string, own: boolean): Promise<void> {
    try {
      await nats.makeStreams(url, { own });
    } catch (error) {
      this.#terminal.warn(error instanceof Error ? error.message : String(error));
    }
  }

  #noteUrls(name: ServerName, url: string, databases: Databases): void {
    Object.assign(this.#databases, databases);
    this.#urls[name] = Object.values(databases)[0] ?? url;
  }

  async #startService(service: ServiceDefinition, instance: Instance): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const { name } = instance;
    const { defaults } = this.definition;
    const environment = () => {
      const ours = service.environment(this.#surroundings, instance);
      const text = formatEnvironment({ ...defaults, ...ours });
      this.#book.record(() => writeFileSync(this.#home.environmentFile(name), text, { mode: 0o600 }));
      return ours;
    };
    const hear = this.#book.hear(name, (line) =>
      this.#terminal.service(name, line, this.units.get(name)?.onTrial),
    );
    const unit = this.#book.add(name, () =>
      startService(service, instance, { defaults, environment, ...hear }),
    );
    await unit.start();
  }

  #writeAddresses(): void {
    if (this.#state !== 'ready') return;
    this.#book.record(() =>
      writeAddresses(this.#home.addressesFile, this.#surroundings, this.units.values()),
    );
  }

  async #stopInOrder(): Promise<void> {
    this.#state = 'stopping';
    this.#stopping.abort(new Error('stopped before everything was ready'));
    rmSync(this.#home.addressesFile, { force: true });
    const { gateway, servers } = this.definition;
    const turnOf = (unit: Unit) => {
      if (unit.name === gateway.name) return 0;
      return servers.some((server) => isInstanceOf(unit.name, server)) ? 2 : 1;
    };
    for (const turn of [0, 1, 2]) {
      const group = [...this.units.values()].filter((unit) => turnOf(unit) === turn);
      await Promise.all(group.map((unit) => unit.stop()));
    }
  }
}
