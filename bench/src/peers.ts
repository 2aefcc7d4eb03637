import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..');
const lockFile = join(folder, 'package-lock.json');
const installed = join(folder, 'node_modules', '.package-lock.json');

function areInstalled(): boolean {
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(lockFile).mtimeMs;
}

/** Installs the peers into the bench's own folder when they are missing or older than its package-lock.json. */
export function installPeers(say: (line: string) => void): void {
  if (areInstalled()) return;
  say('Installing the peers of bench/package-lock.json into bench/node_modules (80 MB, about 20 s) ...');
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error('npm could not install the peers: see its message above');
  // npm leaves the time of an installation that needed no change as it was.
  utimesSync(installed, new Date(), new Date());
}

/** "fastify 5.12.8, ...": what is measured against. */
export function peerVersions(): string {
  const text = readFileSync(join(folder, 'package.json'), 'utf8');
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(text);
  return Object.entries(dependencies)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
}
