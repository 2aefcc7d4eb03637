import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPort } from '@tsmicro/stack';
import { hasProgram } from '../../command/program.ts';
import type { LoadedServer } from '../../http/load.ts';
import { Worker } from '../../worker/worker.ts';
import { configFile } from './config.ts';

/** An nginx that listens at `port` of the loopback address. */
export interface NginxServer extends LoadedServer {
  readonly pid: number;
  readonly port: number;
}

/** Debian's is where only root looks. */
const programs = ['nginx', '/usr/sbin/nginx'];
const script = join(import.meta.dirname, 'run.ts');

/** Where nginx is. @throws with the way to get it when it is missing */
export function findNginx(): string {
  const found = programs.find((program) => hasProgram(program, '-v'));
  if (found !== undefined) return found;
  throw new Error(
    'Proxies are measured against nginx, which was not found: apt-get install nginx-light or brew install nginx',
  );
}

/** Starts one, with what `config` says for its folder and port; it ends with `resources`. */
export async function startNginx(
  variant: string,
  config: (dir: string, port: number) => string,
  resources: AsyncDisposableStack,
): Promise<NginxServer> {
  const program = findNginx();
  const port = await findPort();
  const dir = mkdtempSync(join(tmpdir(), 'bench-nginx-'));
  resources.defer(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, configFile), config(dir, port));
  const args = [program, dir, String(port)];
  const worker = resources.use(await Worker.start({ name: variant, script, args }));
  const pid = await worker.ask<number>({ name: 'pid' });
  return { variant, role: 'proxy', pid, pids: [pid], port, usage: () => worker.usage() };
}
