import { join } from 'node:path';
import type { ServiceDefinition, StackDefinition } from '../launcher/definition.ts';
import { type DeclaredService, metricsOffset, readDeclarations } from './declaration.ts';
import { commonEnvironment, serviceEnvironment } from './environment.ts';
import { Workspace } from './workspace.ts';

const gatewayPort = 8000;
const serverNames = ['nats', 'postgres', 'redis', 'mongo'] as const;

/** The code of a package and of all that it is built on. */
function sourcesOf(workspace: Workspace, folder: string, ...others: string[]): string[] {
  const behind = workspace.foldersBehind(folder).map((known) => join(known, 'src'));
  return [...behind, ...others.map((other) => join(folder, other))];
}

function toService(declared: DeclaredService, workspace: Workspace): ServiceDefinition {
  const { name, folder, port, needs, database } = declared;
  return {
    name,
    script: join(folder, 'src', 'main.ts'),
    usualPort: port,
    usualMetricsPort: port + metricsOffset,
    needs: serverNames.filter((server) => server === 'nats' || needs.includes(server)),
    database,
    sources: sourcesOf(workspace, folder, 'migrations'),
    environment: (surroundings) => serviceEnvironment(surroundings, declared),
  };
}

function toGateway(
  root: string,
  services: readonly ServiceDefinition[],
  workspace: Workspace,
): ServiceDefinition {
  const folder = join(root, 'gateway');
  return {
    name: 'gateway',
    script: join(folder, 'src', 'main.ts'),
    usualPort: gatewayPort,
    usualMetricsPort: gatewayPort + metricsOffset,
    needs: [],
    database: '',
    sources: sourcesOf(workspace, folder, 'kong'),
    environment: (surroundings) => ({
      ...commonEnvironment(surroundings, 'gateway'),
      HOST_MAP: services
        .map(({ name }) => `${name}:8000=${surroundings.host}:${surroundings.ports[name]}`)
        .join(','),
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
  return {
    services,
    gateway: toGateway(root, services, workspace),
    servers: serverNames.filter(
      (server) => server === 'nats' || services.some(({ needs }) => needs.includes(server)),
    ),
    readyPaths: declared.filter(({ routed }) => routed).map(({ name }) => `/${name}/health`),
  };
}
