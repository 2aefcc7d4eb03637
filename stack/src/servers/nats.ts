import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '../process/child.ts';
import { ask } from './ask.ts';
import { openDataDir } from './data-dir.ts';
import { ExternalServer } from './external-server.ts';
import { findPort, loopback } from './port.ts';
import { obtainProgram } from './program.ts';
import { LocalServer, type ServerOptions } from './server.ts';

/** The port NATS usually listens on. */
export const natsPort = 4222;

function configText(host: string, port: number, storeDir: string, syncAlways: boolean): string {
  return [
    `listen: ${JSON.stringify(`${host}:${port}`)}`,
    'jetstream {',
    `  store_dir: ${JSON.stringify(storeDir)}`,
    ...(syncAlways ? ['  sync_interval: always'] : []),
    '}',
    '',
  ].join('\n');
}

function accepted(command: string, configFile: string): boolean {
  try {
    execFileSync(command, ['-t', '-c', configFile], { stdio: 'ignore', timeout: 5_000 });
    return true;
  } catch {
    return false;
  }
}

function writeConfig(command: string, file: string, host: string, port: number, storeDir: string): void {
  for (const syncAlways of [true, false]) {
    writeFileSync(file, configText(host, port, storeDir, syncAlways), { mode: 0o600 });
    // sync_interval came with 2.10; what an older server wrote still survives its kill, not a power cut.
    if (accepted(command, file)) return;
  }
}

/**
 * Starts NATS with JetStream, on loopback, every write to disk synchronous where the version can; resolves when it
 * answers. With `url` that server is used instead.
 */
export async function startNats(options: ServerOptions = {}): Promise<LocalServer | ExternalServer> {
  if (options.url !== undefined) return new ExternalServer('nats', options.url, natsPort);
  const command = await obtainProgram('nats-server');
  const host = options.host ?? loopback;
  const port = options.port ?? (await findPort());
  const dir = openDataDir('nats', options.dir);
  const server = new LocalServer({
    name: 'nats',
    host,
    port,
    url: `nats://${host}:${port}`,
    onLine: options.onLine,
    onSpawn: options.onSpawn,
    dispose: dir.dispose,
    async program(): Promise<Program> {
      const configFile = join(dir.path, 'nats.conf');
      writeConfig(command, configFile, host, port, join(dir.path, 'store'));
      return { command, args: ['-c', configFile] };
    },
    async probe() {
      const greeting = await ask(host, port, '');
      if (!greeting.startsWith('INFO ')) throw new Error('no NATS server answers there');
    },
  });
  await server.start();
  return server;
}
