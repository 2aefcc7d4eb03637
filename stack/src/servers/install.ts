import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { signalTree } from '../process/tree.ts';
import type { ServerProgram } from './program.ts';

const timeLimitMs = 15 * 60_000;
const progressEveryMs = 3_000;
const tailLines = 15;
const debianScript = fileURLToPath(new URL('./install-debian.sh', import.meta.url));

/** Where a program comes from; `urlName` is the environment's name for the address of a server that runs. */
interface Source {
  readonly debian?: string;
  readonly brew: string;
  readonly urlName: string;
}

const sources: Record<ServerProgram, Source> = {
  'nats-server': { debian: 'nats-server', brew: 'nats-server', urlName: 'NATS_URL' },
  postgres: { debian: 'postgresql', brew: 'postgresql@17', urlName: 'POSTGRES_URL' },
  'redis-server': { debian: 'redis-server', brew: 'redis', urlName: 'REDIS_URL' },
  mongod: { brew: 'mongodb/brew/mongodb-community', urlName: 'MONGO_URL' },
};

interface Installer {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
}

function succeeds(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
}

function findInstaller(names: readonly ServerProgram[]): Installer | undefined {
  const debian = names.map((name) => sources[name].debian).filter((name) => name !== undefined);
  if (debian.length === names.length && succeeds('apt-get', '--version')) {
    const run = { title: `apt-get install ${debian.join(' ')}`, args: [debianScript, ...debian] };
    if (process.getuid?.() === 0) return { ...run, command: 'sh' };
    if (succeeds('sudo', '-n', 'true')) return { ...run, command: 'sudo', args: ['-n', 'sh', ...run.args] };
  }
  if (succeeds('brew', '--version')) {
    const args = ['install', ...names.map((name) => sources[name].brew)];
    return { title: `brew ${args.join(' ')}`, command: 'brew', args };
  }
  return undefined;
}

function missing(names: readonly ServerProgram[], why: string): Error {
  const lines = names.map((name) => {
    const { debian, brew, urlName } = sources[name];
    const ways = [debian && `apt-get install ${debian}`, `brew install ${brew}`].filter(Boolean).join(' or ');
    return `  ${name}: ${ways}, or give the address of one that runs in ${urlName}`;
  });
  const debian = names.flatMap((name) => sources[name].debian ?? []).join(' ');
  const brew = names.map((name) => sources[name].brew).join(' ');
  const together = [debian && `apt-get install ${debian}`, `brew install ${brew}`].filter(Boolean);
  if (names.length > 1) lines.push(`All at once: ${together.join(' or ')}`);
  return new Error([`Needed and not found${why}:`, ...lines].join('\n'));
}

/** "42 %" of what apt reports on its status lines (dlstatus, pmstatus): downloads count for the first half. */
export function aptProgress(line: string): number | undefined {
  const [, kind, percent] = /^(dlstatus|pmstatus):[^:]*:([\d.]+):/.exec(line) ?? [];
  if (percent === undefined) return undefined;
  return Math.round(kind === 'dlstatus' ? Number(percent) / 2 : 50 + Number(percent) / 2);
}

/**
 * Has the system's package manager install these programs, after saying so; daemons are not started.
 * @throws Error that names what to install when there is no package manager we may use, or when it fails
 */
export async function installPrograms(
  names: readonly ServerProgram[],
  say: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): Promise<void> {
  const installer = findInstaller(names);
  if (installer === undefined) throw missing(names, '');
  say(`Not found: ${names.join(', ')}. Running ${installer.title} (a minute or so the first time) ...`);
  const child = spawn(installer.command, installer.args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => signalTree(child.pid ?? 0, 'SIGTERM'), timeLimitMs);
  let tail: string[] = [];
  let saidAt = Date.now();
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      const percent = aptProgress(line);
      if (percent === undefined) tail = [...tail.slice(1 - tailLines), line];
      else if (Date.now() - saidAt > progressEveryMs) {
        saidAt = Date.now();
        say(`  ${percent} %`);
      }
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => clearTimeout(timer));
  if (code !== 0) throw missing(names, ` (${installer.title} failed:\n${tail.join('\n')})`);
}
