import type { Program } from '../process/child.ts';
import { ask } from './ask.ts';
import { openDataDir } from './data-dir.ts';
import { ExternalServer } from './external-server.ts';
import { findPort, loopback } from './port.ts';
import { obtainProgram } from './program.ts';
import { LocalServer, type ServerOptions } from './server.ts';

/** The port Redis usually listens on. */
export const redisPort = 6379;

/**
 * Starts Redis on loopback with an append-only file that is synced every second (rate limit counters live there);
 * resolves when it answers. With `url` that server is used instead.
 */
export async function startRedis(options: ServerOptions = {}): Promise<LocalServer | ExternalServer> {
  if (options.url !== undefined) return new ExternalServer('redis', options.url, redisPort);
  const command = await obtainProgram('redis-server');
  const host = options.host ?? loopback;
  const port = options.port ?? (await findPort());
  const dir = openDataDir('redis', options.dir);
  const settings = {
    bind: host,
    port: String(port),
    'protected-mode': 'yes',
    dir: dir.path,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    daemonize: 'no',
  };
  const server = new LocalServer({
    name: 'redis',
    host,
    port,
    url: `redis://${host}:${port}`,
    onLine: options.onLine,
    onSpawn: options.onSpawn,
    dispose: dir.dispose,
    async program(): Promise<Program> {
      return { command, args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]) };
    },
    async probe() {
      // While it still reads its file it answers -LOADING.
      const answer = await ask(host, port, 'PING\r\n');
      if (!answer.startsWith('+PONG')) throw new Error(`redis says ${answer.trim()}`);
    },
  });
  await server.start();
  return server;
}
