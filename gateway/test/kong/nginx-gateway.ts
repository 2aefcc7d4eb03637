// Debian's nginx with its Lua module, running the very Lua code of the plugins that a Kong would run, behind a small
// double of Kong's development kit (lua/pdk.lua).
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findPort } from '@tsmicro/stack';
import { luaPackages, obtainPackages } from './debian.ts';
import { nginxConf } from './nginx-conf.ts';
import { toNginxSettings } from './nginx-settings.ts';

const startsWithinMs = 10_000;
const stopsWithinMs = 5_000;
/** The old worker first answers what it has begun. */
const reloadsWithinMs = 20_000;
const pollMs = 20;

/** Ends with its owner, however that ends: its input is closed then. */
const guarded = 'exec 3<&0; (cat <&3; kill -TERM $$) >/dev/null 2>&1 & exec nginx "$@" </dev/null 3<&-';

/** An nginx that runs the plugins; disposing of it ends it and removes its folder. */
export interface NginxGateway extends AsyncDisposable {
  /** As in `http://127.0.0.1:8000`. */
  readonly baseUrl: string;
  readonly port: number;
  /** What it logged, from level notice. */
  readonly log: readonly string[];
  /**
   * Puts a declarative configuration (YAML) into force, as far as {@link toNginxSettings} reads it: by a new worker,
   * whose caches are empty. Resolves when the old one has ended.
   */
  load(declaration: string): Promise<void>;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

async function waitUntilItListens(child: ChildProcess, port: number, log: readonly string[]): Promise<void> {
  const deadline = performance.now() + startsWithinMs;
  while (!(await accepts(port))) {
    if (hasEnded(child) || performance.now() > deadline)
      throw new Error(`nginx did not start:\n${log.join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** Has nginx read its settings again. */
async function reload(child: ChildProcess, log: readonly string[]): Promise<void> {
  const seen = log.length;
  child.kill('SIGHUP');
  const deadline = performance.now() + reloadsWithinMs;
  while (!log.slice(seen).some((line) => line.includes('exited with code 0'))) {
    if (performance.now() > deadline) throw new Error(`nginx did not reload:\n${log.slice(seen).join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (!hasEnded(child)) {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopsWithinMs);
    await exited;
    clearTimeout(timer);
  }
  child.stdin?.destroy();
}

/** Opens an nginx on a free port with this declarative configuration; what is missing of Debian is installed before. */
export async function openNginxGateway(declaration: string): Promise<NginxGateway> {
  await obtainPackages(luaPackages.nginx);
  await using opening = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'nginx-gateway-'));
  opening.defer(() => rm(folder, { recursive: true, force: true }));
  // Its worker is nobody, when its master is root.
  await chmod(folder, 0o755);
  const port = await findPort();
  const settings = join(folder, 'settings.json');
  const conf = join(folder, 'nginx.conf');
  const write = (text: string) => writeFile(settings, JSON.stringify(toNginxSettings(text)));
  await write(declaration);
  await writeFile(conf, nginxConf({ folder, settings, port }));
  const log: string[] = [];
  const PATH = `${process.env.PATH}:/usr/sbin`;
  const child = spawn('sh', ['-c', guarded, 'nginx', '-p', folder, '-c', conf, '-e', 'stderr'], {
    env: { PATH },
    stdio: 'pipe',
  });
  opening.defer(() => end(child));
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => log.push(line));
  }
  await waitUntilItListens(child, port, log);
  const opened = opening.move();
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    port,
    log,
    async load(text) {
      await write(text);
      await reload(child, log);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
