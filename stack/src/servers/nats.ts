import { join } from 'node:path';
import type { Program } from '../process/child.ts';
import { ask } from './ask.ts';
import { openDataDir } from './data-dir.ts';
import { ExternalServer } from './external-server.ts';
import { type NatsCluster, writeNatsConfig } from './nats-config.ts';
import { asUser, type NatsUser } from './nats-user.ts';
import { findPort, loopback } from './port.ts';
import { obtainProgram } from './program.ts';
import { LocalServer, type ServerOptions } from './server.ts';

/** The port NATS usually listens on. */
export const natsPort = 4222;

/** What NATS can be asked beyond the usual. */
export interface NatsOptions extends ServerOptions {
  /**
   * Who may sign in, and what each may do; `url` is the first one's, who in a cluster must be let to JetStream. Without
   * users everybody may do everything.
   */
  readonly users?: readonly NatsUser[];
  /** Makes it a member of a cluster, whose data are kept apart from those of a server that is alone. */
  readonly cluster?: NatsCluster;
}

/** Resolves when a server greets there. */
async function greet(host: string, port: number): Promise<void> {
  const greeting = await ask(host, port, '');
  if (!greeting.startsWith('INFO ')) throw new Error('no NATS server answers there');
}

/** Resolves when JetStream answers, as it does in a cluster once that has chosen its leader. */
async function askJetStream(url: string): Promise<void> {
  const { hostname, port, username: user, password: pass } = new URL(url);
  const connect = JSON.stringify({ verbose: false, user, pass });
  const question = `CONNECT ${connect}\r\nSUB answer 1\r\nPUB $JS.API.INFO answer 0\r\n\r\n`;
  const answer = await ask(hostname, Number(port), question, /MSG answer[\s\S]*\}\r\n|-ERR/);
  if (/-ERR|"error"/.test(answer)) throw new Error('JetStream does not answer there yet');
}

/**
 * Starts NATS with JetStream, on loopback, every write to disk synchronous where the version can; resolves when it
 * answers. With `url` that server is used instead.
 */
export async function startNats(options: NatsOptions = {}): Promise<LocalServer | ExternalServer> {
  if (options.url !== undefined) return new ExternalServer('nats', options.url, natsPort);
  const command = await obtainProgram('nats-server');
  const { host = loopback, users, cluster } = options;
  const port = options.port ?? (await findPort());
  const dir = openDataDir('nats', options.dir);
  const [first] = users ?? [];
  const address = `nats://${host}:${port}`;
  const url = first ? asUser(address, first) : address;
  const server = new LocalServer({
    name: cluster?.member ?? 'nats',
    host,
    port,
    url,
    onLine: options.onLine,
    onSpawn: options.onSpawn,
    dispose: dir.dispose,
    async program(): Promise<Program> {
      const configFile = join(dir.path, 'nats.conf');
      // A member removes streams that its cluster does not know: those of a server that was alone are not for it.
      const storeDir = join(dir.path, cluster ? 'cluster' : 'store');
      writeNatsConfig(command, configFile, { host, port, storeDir, users, cluster });
      return { command, args: ['-c', configFile] };
    },
    probe: () => (cluster ? askJetStream(url) : greet(host, port)),
  });
  await server.start();
  return server;
}
