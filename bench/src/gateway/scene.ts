import { join } from 'node:path';
import { findPort, type Server, startRedis } from '@tsmicro/stack';
import { AwakeCores } from '../measure/awake.ts';
import { DividedCores } from '../measure/core.ts';
import { Worker } from '../worker/worker.ts';
import { upstreamConfig } from './nginx/config.ts';
import { type NginxServer, startNginx } from './nginx/server.ts';

/** What answers behind the proxies: nginx takes more than any of them passes on, node:http is what services here stand on. */
export type Service = 'nginx' | 'node:http';

const script = join(import.meta.dirname, 'key-service.js');
const serviceScript = join(import.meta.dirname, 'node-service.js');
const alone = 'upstream alone';

/** What proxies stand in front of: a service, the service that knows API keys, Redis; and the core they share. */
export interface Scene {
  readonly cores: DividedCores;
  readonly upstream: NginxServer;
  readonly redis: Server;
  /** Ports by the names that kong.yml has for them. */
  readonly hosts: Readonly<Record<string, number>>;
  /** The processes beside a proxy: what is behind it, and what keeps the cores awake. */
  readonly pids: readonly number[];
  /** How often somebody asked about a key so far. */
  keyChecks(): Promise<number>;
}

async function startNodeService(resources: AsyncDisposableStack): Promise<NginxServer> {
  const port = await findPort();
  const args = [String(port)];
  const worker = resources.use(await Worker.start({ name: alone, script: serviceScript, args }));
  const { pid } = worker;
  return { variant: alone, role: 'proxy', pid, pids: [pid], port, usage: () => worker.usage() };
}

/** Sets it up; it ends with `resources`. */
export async function openScene(
  resources: AsyncDisposableStack,
  say: (line: string) => void,
  service: Service = 'nginx',
): Promise<Scene> {
  const cores = resources.use(new DividedCores());
  if (!cores.divided) say('gateway: no taskset or only one core: proxies share their core with the load');
  const awake = resources.use(new AwakeCores(cores.divided ? cores.all : []));
  const upstream =
    service === 'nginx'
      ? await startNginx(alone, upstreamConfig, resources)
      : await startNodeService(resources);
  const keyPort = await findPort();
  const keys = resources.use(await Worker.start({ name: 'key service', script, args: [String(keyPort)] }));
  const redis = resources.use(await startRedis());
  return {
    cores,
    upstream,
    redis,
    hosts: { 'auth:8000': keyPort, 'blog:8000': upstream.port, 'redis:6379': redis.port },
    pids: [upstream.pid, keys.pid, redis.pid ?? 0, ...awake.pids],
    keyChecks: () => keys.ask({ name: 'checks' }),
  };
}
