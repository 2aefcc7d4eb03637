// The launcher with stand-in services, in the home that STAND_IN_HOME names.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flush } from '../../src/command/output.ts';
import { run } from '../../src/command/run.ts';
import type { ServerName, ServiceDefinition, StackDefinition } from '../../src/launcher/definition.ts';
import { listenEnvironment } from '../../src/launcher/surroundings.ts';

const script = fileURLToPath(new URL('./service.ts', import.meta.url));
const servers = (process.env.STAND_IN_SERVERS ?? 'nats,redis').split(',') as ServerName[];
const sources = process.env.STAND_IN_SOURCES ?? '';
const firstPort = Number(process.env.STAND_IN_PORT);

function service(name: string, usualPort: number, needs: readonly ServerName[]): ServiceDefinition {
  return {
    name,
    script,
    usualPort,
    usualMetricsPort: usualPort + 100,
    needs,
    database: name,
    asks: name === 'blog' ? ['auth'] : [],
    sources:
      sources === ''
        ? []
        : (name === 'gateway' ? [name] : [name, 'shared']).map((folder) => join(sources, folder)),
    environment: ({ host, databases, natsUrls, balanced, instances, gatewayUrl, apiKeys }, instance) => ({
      ...listenEnvironment(host, instance),
      STAND_IN_NAME: name,
      STAND_IN_INSTANCE: instance.name,
      POSTGRES_URL: databases[name],
      NATS_URL: natsUrls[name],
      BALANCED: String(balanced),
      GATEWAY_URL: gatewayUrl,
      API_KEYS: JSON.stringify(apiKeys),
      AUTH_PORTS: instances.auth?.map(({ port }) => port).join(','),
    }),
  };
}

/** Two that show pages, one of which looks on everybody, where a test wants them. */
const sites: readonly ServiceDefinition[] =
  process.env.STAND_IN_SITES === 'on'
    ? [
        { ...service('front', firstPort + 3, servers), site: '/', apiKey: 'FRONT' },
        {
          ...service('console', firstPort + 4, servers),
          site: '/console',
          apiKey: 'CONSOLE',
          observes: true,
        },
      ]
    : [];

const definition: StackDefinition = {
  title: 'stand-in',
  home: process.env.STAND_IN_HOME ?? '',
  servers,
  gateway: service('gateway', firstPort, []),
  services: [service('auth', firstPort + 1, servers), service('blog', firstPort + 2, servers), ...sites],
  defaults: { LOG_LEVEL: 'info', NODE_ENV: 'development' },
  readyPaths: ['/auth/health', '/blog/health'],
  examples: (gatewayUrl) => [`curl -s ${gatewayUrl}/auth/health`],
};

const code = await run(definition, process.argv.slice(2));
await flush();
process.exit(code);
