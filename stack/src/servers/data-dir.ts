import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeAtExit, removeFolder } from '../process/at-exit.ts';

/** The folder of one server's data, and how to remove it when it was made for this server alone. */
export interface DataDir {
  readonly path: string;
  dispose(): Promise<void>;
}

/** The given folder, made if it is missing, or a temporary one that `dispose` removes. */
export function openDataDir(name: string, dir: string | undefined): DataDir {
  if (dir !== undefined) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    return { path: dir, dispose: async () => {} };
  }
  const path = mkdtempSync(join(tmpdir(), `tsmicro-${name}-`));
  removeAtExit(path);
  return { path, dispose: async () => removeFolder(path) };
}
