import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Program } from '../process/child.ts';
import { openDataDir } from './data-dir.ts';
import { ExternalServer } from './external-server.ts';
import { accepts, findPort, loopback } from './port.ts';
import { findProgram } from './program.ts';
import { LocalServer, type ServerOptions } from './server.ts';

/** The port MongoDB usually listens on. */
export const mongoPort = 27017;

const documentServer = fileURLToPath(new URL('./document-server/main.ts', import.meta.url));

function mongod(command: string, dir: string, host: string, port: number): Program {
  const dataDir = join(dir, 'mongod');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const args = ['--dbpath', dataDir, '--bind_ip', host, '--port', String(port), '--nounixsocket', '--quiet'];
  return { command, args };
}

function embedded(dir: string, host: string, port: number): Program {
  const file = join(dir, 'document-server.sqlite');
  const args = [documentServer, '--host', host, '--port', String(port), '--path', file];
  return { command: process.execPath, args };
}

/**
 * Starts MongoDB where `mongod` can be found, else the embedded document server, which speaks the same protocol;
 * resolves when it answers. With `url` that server is used instead.
 */
export async function startMongo(options: ServerOptions = {}): Promise<LocalServer | ExternalServer> {
  if (options.url !== undefined) return new ExternalServer('mongo', options.url, mongoPort);
  const command = findProgram('mongod');
  const host = options.host ?? loopback;
  const port = options.port ?? (await findPort());
  const dir = openDataDir('mongo', options.dir);
  const server = new LocalServer({
    name: 'mongo',
    host,
    port,
    url: `mongodb://${host}:${port}`,
    onLine: options.onLine,
    onSpawn: options.onSpawn,
    dispose: dir.dispose,
    async program() {
      return command === undefined ? embedded(dir.path, host, port) : mongod(command, dir.path, host, port);
    },
    async probe() {
      // Both listen only once their data is open.
      if (!(await accepts(port, host))) throw new Error('nobody listens there');
    },
  });
  await server.start();
  return server;
}
