import { rmSync, writeFileSync } from 'node:fs';
import type { Home } from '../home/home.ts';
import { openKeys } from '../home/keys.ts';
import { Ledger } from '../home/ledger.ts';
import { openSecrets } from '../home/secrets.ts';
import type { Daemon } from '../process/daemon.ts';
import { loopback } from '../servers/port.ts';
import type { ServerOptions } from '../servers/server.ts';
import { writeAddresses } from './addresses.ts';
import type { ServerName, ServiceDefinition, StackDefinition, Surroundings } from './definition.ts';
import { givenAddress, withoutPassword } from './given-address.ts';
import { waitUntilReady } from './readiness.ts';
import { type Databases, ServerStarter } from './server-starter.ts';
import { startService } from './service-starter.ts';
import { formatEnvironment } from './surroundings.ts';
import type { Terminal } from './terminal.ts';
import { Unit, type UnitListener } from './unit.ts';

const readyTimeoutMs = 90_000;

/** starting: not everything answers yet. */
export type LauncherState = 'starting' | 'ready' | 'stopping';

/** One run of a stack: starts all of it, keeps it running, stops it in order. */
export class Launcher {
  readonly definition: StackDefinition;
  readonly #home: Home;
  readonly #terminal: Terminal;
  readonly #ledger: Ledger;
  readonly #units = new Map<string, Unit>();
  readonly #urls: Partial<Record<ServerName, string>> = {};
  readonly #databases: Record<string, string> = {};
  readonly #stopping = new AbortController();
  readonly #startedAt = Date.now();
  #surroundings: Surroundings | undefined;
  #state: LauncherState = 'starting';
  #stopped: Promise<void> | undefined;

  constructor(definition: StackDefinition, home: Home, terminal: Terminal) {
    this.definition = definition;
    this.#home = home;
    this.#terminal = terminal;
    this.#ledger = new Ledger(home.ledgerFile);
  }

  get state(): LauncherState {
    return this.#state;
  }

  /** Every program it runs; servers given by their address are not among them. */
  get units(): ReadonlyMap<string, Unit> {
    return this.#units;
  }

  /** The URLs that services use on the servers, our own and those that were given. */
  get urls(): Readonly<Partial<Record<ServerName, string>>> {
    return this.#urls;
  }

  /** Starts everything on these ports; resolves when it answers through the gateway. */
  async start({ ports, metricsPorts }: Pick<Surroundings, 'ports' | 'metricsPorts'>): Promise<void> {
    const { gateway, services, servers, readyPaths } = this.definition;
    // A run that was killed leaves its addresses, and readers take the file as a sign that all is ready.
    rmSync(this.#home.addressesFile, { force: true });
    const secrets = openSecrets(this.#home.secretsFile);
    const starter = new ServerStarter(services, this.#home, secrets);
    const keys = openKeys(this.#home.keyDir);
    const started = new Map(servers.map((name) => [name, this.#startServer(starter, name)]));
    const startService = async (service: ServiceDefinition) => {
      await Promise.all(service.needs.map((name) => started.get(name)));
      const where = { ports, metricsPorts, urls: this.#urls, databases: this.#databases };
      this.#surroundings = { host: loopback, ...where, ...(await keys) };
      await this.#startService(service, this.#surroundings);
    };
    await Promise.all([keys, ...started.values(), ...[gateway, ...services].map(startService)]);
    const gatewayUrl = `http://${loopback}:${ports[gateway.name]}`;
    const readyUrls = readyPaths.map((path) => gatewayUrl + path);
    await waitUntilReady(readyUrls, this.#units, readyTimeoutMs, this.#stopping.signal);
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
    await Promise.all([...this.#units.values()].map((unit) => unit.kill()));
  }

  async #startServer(starter: ServerStarter, name: ServerName): Promise<void> {
    const given = givenAddress(name);
    if (given !== undefined) {
      this.#noteUrls(name, given, starter.givenDatabases(name, given));
      this.#terminal.tell(`  ${name.padEnd(9)} ${withoutPassword(given)} (given, not ours to start or stop)`);
      return;
    }
    const hear = this.#hear(name, (line) => this.#terminal.server(name, line));
    const unit = this.#addUnit(name, () => starter.start(name, hear));
    await unit.start();
    const url = unit.url ?? '';
    this.#noteUrls(name, url, await starter.openDatabases(name, url));
  }

  #noteUrls(name: ServerName, url: string, databases: Databases): void {
    Object.assign(this.#databases, databases);
    this.#urls[name] = Object.values(databases)[0] ?? url;
  }

  async #startService(service: ServiceDefinition, surroundings: Surroundings): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const variables = { ...this.definition.defaults, ...service.environment(surroundings) };
    writeFileSync(this.#home.environmentFile(service.name), formatEnvironment(variables), { mode: 0o600 });
    const hear = this.#hear(service.name, (line) =>
      this.#terminal.service(service.name, line, this.#units.get(service.name)?.onTrial),
    );
    const unit = this.#addUnit(service.name, () =>
      startService(this.definition, service, surroundings, hear),
    );
    await unit.start();
  }

  #hear(name: string, onLine: (line: string) => void): Pick<ServerOptions, 'onLine' | 'onSpawn'> {
    return { onLine, onSpawn: (pid) => this.#record(() => this.#ledger.enter(name, pid)) };
  }

  #addUnit(name: string, open: () => Promise<Daemon>): Unit {
    let told = false;
    const listener: UnitListener = {
      inform: (line) => {
        if (this.#state !== 'stopping') this.#terminal.inform(line);
      },
      warn: (line) => this.#terminal.warn(line),
      changed: (unit) => {
        if (unit.state === 'ready' && !told && this.#state !== 'stopping') {
          told = true;
          const seconds = ((Date.now() - this.#startedAt) / 1000).toFixed(1);
          this.#terminal.tell(`  ${name.padEnd(9)} ready after ${seconds} s`);
        }
        if (unit.pid === undefined) this.#record(() => this.#ledger.strike(name));
        if (this.#state === 'ready') this.#record(() => this.#writeAddresses());
      },
    };
    const unit = new Unit(name, open, listener);
    this.#units.set(name, unit);
    return unit;
  }

  /** A folder that was removed, or a full disk, is no reason to leave all that runs without its launcher. */
  #record(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#terminal.warnUnwritable(error);
    }
  }

  #writeAddresses(): void {
    if (this.#surroundings)
      writeAddresses(this.#home.addressesFile, this.#surroundings, this.#units.values());
  }

  async #stopInOrder(): Promise<void> {
    this.#state = 'stopping';
    this.#stopping.abort(new Error('stopped before everything was ready'));
    rmSync(this.#home.addressesFile, { force: true });
    const { gateway, services, servers } = this.definition;
    for (const group of [[gateway.name], services.map((service) => service.name), servers]) {
      await Promise.all(group.map((name) => this.#units.get(name)?.stop()));
    }
  }
}
