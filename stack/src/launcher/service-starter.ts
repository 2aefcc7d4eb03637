import { existsSync } from 'node:fs';
import { Daemon } from '../process/daemon.ts';
import { loopback } from '../servers/port.ts';
import type { ServerOptions } from '../servers/server.ts';
import type { Environment, ServiceDefinition } from './definition.ts';
import type { Instance } from './instance.ts';
import { mergeEnvironment } from './surroundings.ts';

const probeTimeoutMs = 1_000;

/** What an instance is started with. */
export interface ServiceStart extends Pick<ServerOptions, 'onLine' | 'onSpawn'> {
  /** Variables that hold unless the person's environment says otherwise. */
  readonly defaults: Environment;
  /** The addresses it gets, asked before every start. */
  environment(): Environment;
}

/** Starts an instance as a child process; resolves when it runs, before it answers: services wait for what they need. */
export async function startService(
  service: ServiceDefinition,
  { name, port }: Instance,
  { defaults, environment, ...hear }: ServiceStart,
): Promise<Daemon> {
  if (!existsSync(service.script)) throw new Error(`${name} cannot start: there is no ${service.script}`);
  const url = `http://${loopback}:${port}`;
  const daemon = new Daemon({
    name,
    port,
    url,
    ...hear,
    async program() {
      const env = mergeEnvironment(defaults, process.env, environment());
      return { command: process.execPath, args: [...(service.nodeArguments ?? []), service.script], env };
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
