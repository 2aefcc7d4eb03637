import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { alive, commandLine } from '../process/tree.ts';
import { findOwner, makeClusterFolder, type PostgresOwner, removeFolderElsewhere } from './postgres-owner.ts';

const run = promisify(execFile);
const initTimeoutMs = 60_000;

/** A database cluster on disk: complete, or not there at all. */
export interface PostgresCluster {
  readonly dataDir: string;
  readonly owner: PostgresOwner | undefined;
  readonly superuser: string;
  readonly password: string;
}

const superuser = 'postgres';
// glibc's C.UTF-8 knows the letters of all languages and needs no locale to be installed; macOS has no such locale.
const locale = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';

async function initialise(
  postgres: string,
  folder: string,
  password: string,
  owner: PostgresOwner | undefined,
  durable: boolean,
): Promise<void> {
  const dataDir = join(folder, 'data.new');
  const passwordFile = join(folder, 'password.new');
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (owner) for (const path of [dataDir, passwordFile]) chownSync(path, owner.uid, owner.gid);
  try {
    await run(
      join(dirname(postgres), 'initdb'),
      [
        ...[
          '-D',
          dataDir,
          '-U',
          superuser,
          `--pwfile=${passwordFile}`,
          '--encoding=UTF8',
          `--locale=${locale}`,
        ],
        ...['--auth=scram-sha-256', '--no-instructions', ...(durable ? [] : ['--no-sync'])],
      ],
      { ...owner, cwd: '/', timeout: initTimeoutMs },
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Opens the cluster of this folder; makes it, with a random password for its superuser, when there is none. */
export async function openCluster(postgres: string, dir: string, durable: boolean): Promise<PostgresCluster> {
  const owner = findOwner();
  const passwordFile = join(dir, 'password');
  const link = join(dir, 'data');
  // The owner has to pass through; what he must not see lies below in files of mode 0600.
  if (owner) chmodSync(dir, 0o711);
  if (!existsSync(passwordFile) || !existsSync(join(link, 'PG_VERSION'))) {
    removeCluster(dir);
    const folder = makeClusterFolder(dir, owner);
    const password = randomBytes(24).toString('hex');
    await initialise(postgres, folder, password, owner, durable);
    writeFileSync(passwordFile, password, { mode: 0o600 });
    renameSync(join(folder, 'data.new'), join(folder, 'data'));
    if (folder !== dir) symlinkSync(join(folder, 'data'), link);
  }
  return { dataDir: realpathSync(link), owner, superuser, password: readFileSync(passwordFile, 'utf8') };
}

/** Removes the cluster of this folder, also when its data had to be put elsewhere. */
export function removeCluster(dir: string): void {
  // When it is a link this removes the link alone.
  rmSync(join(dir, 'data'), { recursive: true, force: true });
  removeFolderElsewhere(dir);
}

/**
 * Removes a lock file that a killed server left when its pid now belongs to somebody else: PostgreSQL itself
 * believes it as soon as any process of its user has that pid.
 */
export function removeStaleLock(dataDir: string): void {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  if (alive(pid) && commandLine(pid).includes(dataDir)) {
    throw new Error(`PostgreSQL already runs on ${dataDir} as process ${pid}`);
  }
  rmSync(file, { force: true });
}
