import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Installs programs without starting daemons, one run at a time. */
const installer = fileURLToPath(new URL('../../../stack/src/servers/install-debian.sh', import.meta.url));
const timeLimitMs = 240_000;

/** What the tests of the plugins need besides the servers of the stack. */
export const luaPackages = {
  luacheck: ['lua-check'],
  busted: ['lua-busted', 'luajit2', 'lua-cjson'],
  nginx: ['nginx', 'libnginx-mod-http-lua', 'lua-cjson'],
} as const;

async function isInstalled(name: string): Promise<boolean> {
  const answer = await promisify(execFile)('dpkg-query', ['-s', name]).catch(() => undefined);
  return /^Status: install ok installed$/m.test(answer?.stdout ?? '');
}

/** The command line that runs the installer with the rights it needs; undefined where there are none. */
function commandLine(names: readonly string[]): [command: string, ...args: string[]] | undefined {
  if (process.getuid?.() === 0) return ['sh', installer, ...names];
  const mayBecomeRoot = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  return mayBecomeRoot ? ['sudo', '-n', 'sh', installer, ...names] : undefined;
}

/**
 * Sees to it that these packages of Debian are installed.
 * @throws Error that names what to install by hand when it cannot be done here
 */
export async function obtainPackages(names: readonly string[]): Promise<void> {
  const installed = await Promise.all(names.map(isInstalled));
  const missing = names.filter((_, index) => installed[index] === false);
  if (missing.length === 0) return;
  const failed = (why: string) =>
    new Error(`${why}; as root: apt-get update && apt-get install ${missing.join(' ')}`);
  const [command, ...args] = commandLine(missing) ?? [];
  if (command === undefined) throw failed('packages are missing, and only root can install them');
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: timeLimitMs });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text));
  child.once('error', (error) => (output += error.message));
  await once(child, 'close');
  if (child.exitCode !== 0) throw failed(`installing failed:\n${output.slice(-2_000)}`);
}
