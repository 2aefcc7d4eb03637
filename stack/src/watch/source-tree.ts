import { createHash } from 'node:crypto';
import { type BigIntStats, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** What editors, and programs that write a file aside and rename it, leave for a moment beside the file they save. */
const passing = /^[.#]|~$|^\d+$|\.(?:tmp|temp|bak|orig|part|new|crswap)(?:\.|$)|___jb_/;

/** Whether a file of this name is somebody's source, and not what an editor leaves for a moment. */
export function isSource(path: string): boolean {
  const name = basename(path);
  return name !== 'node_modules' && !passing.test(name);
}

interface Known {
  readonly stamp: string;
  readonly hash: string;
}

function stampOf({ size, mtimeNs, ctimeNs, ino }: BigIntStats): string {
  return `${size} ${mtimeNs} ${ctimeNs} ${ino}`;
}

/** Nothing when it has gone since it was seen. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/**
 * The files of some folders, and what has changed in them. Contents are compared: saving a file as it was, or linking to
 * it, is no change.
 */
export class SourceTree {
  readonly #folders: readonly string[];
  readonly #visit: (folder: string) => void;
  #known: ReadonlyMap<string, Known> = new Map();

  /** Each folder that is found, at any depth, is shown to `visit` before it is read. */
  constructor(folders: readonly string[], visit: (folder: string) => void) {
    this.#folders = folders;
    this.#visit = visit;
    this.changes();
  }

  /** The files that are new, gone or other than at the last call. */
  changes(): string[] {
    const before = this.#known;
    const now = new Map<string, Known>();
    for (const folder of this.#folders) this.#walk(folder, now);
    this.#known = now;
    const paths = new Set([...before.keys(), ...now.keys()]);
    return [...paths].filter((path) => before.get(path)?.hash !== now.get(path)?.hash);
  }

  #walk(folder: string, now: Map<string, Known>): void {
    if (attempt(() => statSync(folder).isDirectory()) !== true) return;
    this.#visit(folder);
    for (const entry of attempt(() => readdirSync(folder, { withFileTypes: true })) ?? []) {
      const path = join(folder, entry.name);
      if (!isSource(path)) continue;
      if (entry.isDirectory()) this.#walk(path, now);
      else this.#read(path, now);
    }
  }

  #read(path: string, now: Map<string, Known>): void {
    const stat = attempt(() => statSync(path, { bigint: true }));
    if (!stat?.isFile()) return;
    const stamp = stampOf(stat);
    const known = this.#known.get(path);
    if (known?.stamp === stamp) return void now.set(path, known);
    const content = attempt(() => readFileSync(path));
    if (content) now.set(path, { stamp, hash: createHash('sha256').update(content).digest('base64') });
  }
}
