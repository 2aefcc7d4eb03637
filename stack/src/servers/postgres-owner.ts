import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The user PostgreSQL runs as when we are root: it refuses to run as root itself. */
export interface PostgresOwner {
  readonly uid: number;
  readonly gid: number;
}

const candidates = ['postgres', 'nobody'];
const parentForRoot = '/var/lib/tsmicro-stack';

/** The user to run as: `postgres`, else `nobody`, when we are root; undefined, meaning ourselves, when we are not. */
export function findOwner(): PostgresOwner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const candidate of candidates) {
    const line = lines.find(([name]) => name === candidate);
    if (line) return { uid: Number(line[2]), gid: Number(line[3]) };
  }
  throw new Error(
    'PostgreSQL does not run as root, and this system has neither a user postgres nor a user nobody',
  );
}

function mayEnter(folder: string, owner: PostgresOwner): boolean {
  const { mode, uid, gid } = statSync(folder);
  if (uid === owner.uid) return (mode & 0o100) !== 0;
  if (gid === owner.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}

function mayReach(folder: string, owner: PostgresOwner): boolean {
  const parent = dirname(folder);
  return mayEnter(folder, owner) && (parent === folder || mayReach(parent, owner));
}

function folderElsewhere(dir: string): string {
  return join(parentForRoot, createHash('sha256').update(dir).digest('hex').slice(0, 16));
}

/**
 * The folder in which this owner can keep the cluster of `dir`: `dir` itself when he can reach it, else a new folder
 * under /var/lib (a clone in /root is closed to everybody else).
 */
export function makeClusterFolder(dir: string, owner: PostgresOwner | undefined): string {
  if (owner === undefined || mayReach(dir, owner)) return dir;
  const folder = folderElsewhere(dir);
  mkdirSync(folder, { recursive: true });
  // mkdir's mode is cut by the umask.
  for (const path of [parentForRoot, folder]) chmodSync(path, 0o711);
  return folder;
}

/** Removes the folder that `makeClusterFolder` may have made for `dir` elsewhere. */
export function removeFolderElsewhere(dir: string): void {
  rmSync(folderElsewhere(dir), { recursive: true, force: true });
}
