import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { type NatsUser, toAuthorization } from './nats-user.ts';

/** The cluster that a server is a member of. */
export interface NatsCluster {
  /** The name of this member, unlike any other's. */
  readonly member: string;
  /** Where it listens for the others. */
  readonly port: number;
  /** Where every member listens for the others. */
  readonly ports: readonly number[];
  /** What the members know each other by. */
  readonly password: string;
}

/** What a server is to be told. */
export interface NatsSettings {
  readonly host: string;
  readonly port: number;
  readonly storeDir: string;
  /** Who may sign in; without it everybody may do everything. */
  readonly users?: readonly NatsUser[] | undefined;
  readonly cluster?: NatsCluster | undefined;
}

const clusterName = 'tsmicro';
const routeUser = 'route';
const checkMs = 5_000;

function clusterBlock(host: string, { port, ports, password }: NatsCluster): object {
  return {
    name: clusterName,
    listen: `${host}:${port}`,
    authorization: { user: routeUser, password, timeout: 2 },
    routes: ports.map((other) => `nats-route://${routeUser}:${password}@${host}:${other}`),
  };
}

/** The configuration file, which may be JSON. */
function configText(settings: NatsSettings, syncAlways: boolean): string {
  const { host, port, storeDir, users, cluster } = settings;
  const config = {
    listen: `${host}:${port}`,
    jetstream: { store_dir: storeDir, ...(syncAlways && { sync_interval: 'always' }) },
    ...(users && { authorization: toAuthorization(users) }),
    ...(cluster && { server_name: cluster.member, cluster: clusterBlock(host, cluster) }),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

function accepted(command: string, configFile: string): boolean {
  try {
    execFileSync(command, ['-t', '-c', configFile], { stdio: 'ignore', timeout: checkMs });
    return true;
  } catch {
    return false;
  }
}

/** Writes the configuration, readable by its owner only, as far as this version of the server understands it. */
export function writeNatsConfig(command: string, file: string, settings: NatsSettings): void {
  for (const syncAlways of [true, false]) {
    writeFileSync(file, configText(settings, syncAlways), { mode: 0o600 });
    // sync_interval came with 2.10; what an older server wrote still survives its kill, not a power cut.
    if (accepted(command, file)) return;
  }
}
