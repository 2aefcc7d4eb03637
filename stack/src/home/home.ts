import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeCluster } from '../servers/postgres-cluster.ts';

/** The folder of everything the stack keeps between runs (`.stack`): data, keys, secrets, logs, addresses. */
export class Home {
  readonly path: string;
  readonly lockFile: string;
  readonly ledgerFile: string;
  readonly addressesFile: string;
  readonly controlFile: string;
  readonly secretsFile: string;
  readonly keyDir: string;
  readonly logDir: string;
  readonly environmentDir: string;

  constructor(path: string) {
    this.path = path;
    this.lockFile = join(path, 'lock.sqlite');
    this.ledgerFile = join(path, 'processes.json');
    this.addressesFile = join(path, 'addresses.json');
    this.controlFile = join(path, 'control.json');
    this.secretsFile = join(path, 'secrets.json');
    this.keyDir = join(path, 'keys');
    this.logDir = join(path, 'logs');
    this.environmentDir = join(path, 'env');
  }

  /** Makes the folders, closed to other users. */
  open(): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    // As root PostgreSQL runs as somebody else, who has to pass through to his own folder; he sees no names here.
    chmodSync(this.path, process.getuid?.() === 0 ? 0o711 : 0o700);
    for (const dir of [this.keyDir, this.logDir, this.environmentDir])
      mkdirSync(dir, { recursive: true, mode: 0o700 });
  }

  dataDir(server: string): string {
    return join(this.path, server);
  }

  logFile(name: string): string {
    return join(this.logDir, `${name}.log`);
  }

  /** The variables that a service is started with, for who runs it under a debugger. */
  environmentFile(name: string): string {
    return join(this.environmentDir, `${name}.env`);
  }

  /** Removes all of it, with the data that had to live elsewhere. */
  remove(): void {
    removeCluster(this.dataDir('postgres'));
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Writes a file of ours, readable by its owner only, so that a reader sees the old or the new whole. */
export function writeJson(file: string, value: unknown): void {
  const fresh = `${file}.new`;
  writeFileSync(fresh, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(fresh, file);
}

/** What `writeJson` wrote; undefined when it is missing or is no JSON. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
