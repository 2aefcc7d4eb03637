import { existsSync } from 'node:fs';
import { Daemon } from '../process/daemon.ts';
import { loopback } from '../servers/port.ts';
import type { ServerOptions } from '../servers/server.ts';
import type { ServiceDefinition, StackDefinition, Surroundings } from './definition.ts';
import { mergeEnvironment } from './surroundings.ts';

const probeTimeoutMs = 1_000;

/** Starts a service as a child process; resolves when it runs, before it answers: services wait for what they need. */
export async function startService(
  definition: StackDefinition,
  service: ServiceDefinition,
  surroundings: Surroundings,
  hear: Pick<ServerOptions, 'onLine' | 'onSpawn'>,
): Promise<Daemon> {
  if (!existsSync(service.script))
    throw new Error(`${service.name} cannot start: there is no ${service.script}`);
  const port = surroundings.ports[service.name] ?? service.usualPort;
  const url = `http://${loopback}:${port}`;
  const daemon = new Daemon({
    name: service.name,
    port,
    url,
    ...hear,
    async program() {
      const env = mergeEnvironment(definition.defaults, process.env, service.environment(surroundings));
      return { command: process.execPath, args: [service.script], env };
    },
    async probe() {
      // Any answer means that it listens: whether its neighbours are well is not its own readiness.
      const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(probeTimeoutMs) });
      await response.body?.cancel();
    },
  });
  await daemon.launch();
  return daemon;
}
