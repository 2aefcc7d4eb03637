import { join } from 'node:path';
import type { ServerName, ServiceDefinition, StackDefinition } from '../launcher/definition.ts';
import { type DeclaredService, metricsOffset, readDeclarations } from './declaration.ts';
import { commonEnvironment, gatewayEnvironment, serviceEnvironment } from './environment.ts';
import { Workspace } from './workspace.ts';

const gatewayPort = 8000;
/**
 * Nearly all that a gateway makes is gone with its request. With less room for it than this, in MiB, it is looked through so
 * often that one request in a hundred waits twice as long; more costs memory and saves little.
 */
export const gatewayNodeArguments: readonly string[] = [
  '--min-semi-space-size=32',
  '--max-semi-space-size=32',
];
const serverNames = ['nats', 'postgres', 'redis', 'mongo'] as const;

/** The code of a package and of all that it is built on. */
function sourcesOf(workspace: Workspace, folder: string, ...others: string[]): string[] {
  const behind = workspace.foldersBehind(folder).map((known) => join(known, 'src'));
  return [...behind, ...others.map((other) => join(folder, other))];
}

function toService(declared: DeclaredService, workspace: Workspace): ServiceDefinition {
  const { name, folder, port, needs, database, site, apiKey, observes } = declared;
  return {
    name,
    script: join(folder, 'src', 'main.ts'),
    usualPort: port,
    usualMetricsPort: port + metricsOffset,
    needs: serverNames.filter((server) => server === 'nats' || needs.includes(server)),
    database,
    // A site asks the gateway.
    asks: site === undefined ? workspace.contractsOf(folder).filter((other) => other !== name) : [],
    sources: sourcesOf(workspace, folder, 'migrations'),
    site,
    apiKey,
    observes,
    environment: (surroundings, instance) => serviceEnvironment(surroundings, declared, instance),
  };
}

function toGateway(
  root: string,
  services: readonly ServiceDefinition[],
  servers: readonly ServerName[],
  workspace: Workspace,
): ServiceDefinition {
  const folder = join(root, 'gateway');
  const balancedDeclaration = join(folder, 'kong', 'kong-load-balanced.yml');
  return {
    name: 'gateway',
    nodeArguments: gatewayNodeArguments,
    script: join(folder, 'src', 'main.ts'),
    usualPort: gatewayPort,
    usualMetricsPort: gatewayPort + metricsOffset,
    // Where instances are it hears from NATS; Redis keeps its counts of requests.
    needs: serverNames.filter(
      (server) => server === 'nats' || (server === 'redis' && servers.includes(server)),
    ),
    database: '',
    asks: [],
    // Its declaration it reads again by itself.
    sources: sourcesOf(workspace, folder),
    environment: (surroundings, instance) => ({
      ...commonEnvironment(surroundings, instance),
      ...gatewayEnvironment(
        surroundings,
        services.map(({ name }) => name),
      ),
      // Whoever has a declaration of his own means that one.
      ...(surroundings.balanced && { KONG_CONFIG: process.env.KONG_CONFIG || balancedDeclaration }),
    }),
  };
}

/** The parts of a definition that a project's own files decide. */
export type Discovered = Pick<StackDefinition, 'gateway' | 'services' | 'servers' | 'readyPaths'>;

/** What is found in this project. @throws Error that names every package.json and field that is wrong */
export function discover(root: string): Discovered {
  const declared = readDeclarations(root);
  const workspace = new Workspace(root);
  const services = declared.map((service) => toService(service, workspace));
  const servers = serverNames.filter(
    (server) => server === 'nats' || services.some(({ needs }) => needs.includes(server)),
  );
  return {
    services,
    gateway: toGateway(root, services, servers, workspace),
    servers,
    readyPaths: declared.filter(({ routed }) => routed).map(({ name, site }) => site ?? `/${name}/health`),
  };
}
