import { accessSync, constants, readdirSync, realpathSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { installPrograms } from './install.ts';

const folders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/opt/homebrew/bin'];

// PostgreSQL keeps its server programs beside the others, one folder a version: Debian, Red Hat, Homebrew.
const postgresParents = [
  { parent: '/usr/lib/postgresql', version: /^(\d+)$/ },
  { parent: '/usr', version: /^pgsql-(\d+)$/ },
  { parent: '/opt/homebrew/opt', version: /^postgresql@(\d+)$/ },
  { parent: '/usr/local/opt', version: /^postgresql@(\d+)$/ },
];

/** The programs the stack knows how to run. */
export type ServerProgram = 'nats-server' | 'postgres' | 'redis-server' | 'mongod';

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function subfolders(parent: string): string[] {
  try {
    return readdirSync(parent);
  } catch {
    return [];
  }
}

function postgresFolders(): string[] {
  return postgresParents
    .flatMap(({ parent, version }) =>
      subfolders(parent).map((name) => ({
        path: join(parent, name, 'bin'),
        version: Number(version.exec(name)?.[1] ?? 0),
      })),
    )
    .filter((folder) => folder.version > 0)
    .sort((a, b) => b.version - a.version)
    .map((folder) => folder.path);
}

/** Where the program is: on PATH, else in a well-known folder, links followed; undefined when it is nowhere. */
export function findProgram(name: ServerProgram): string | undefined {
  const onPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const wellKnown = name === 'postgres' ? [...folders, ...postgresFolders()] : folders;
  for (const folder of [...onPath, ...wellKnown]) {
    const path = join(folder, name);
    if (!executable(path)) continue;
    // redis-server is a link to a program that looks at the name it was called by: only its folder is resolved.
    if (name !== 'postgres') return path;
    const resolved = realpathSync(path);
    // initdb is needed too, and stands beside the real program, not beside a link to it.
    if (executable(join(dirname(resolved), 'initdb'))) return resolved;
  }
  return undefined;
}

/** Where the program is, after having the system's package manager install it if it is missing. */
export async function obtainProgram(name: ServerProgram): Promise<string> {
  const found = findProgram(name);
  if (found !== undefined) return found;
  await installPrograms([name]);
  const installed = findProgram(name);
  if (installed === undefined) throw new Error(`${name} was installed but is on none of the known folders`);
  return installed;
}
