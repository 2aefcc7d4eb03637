import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { obtainPackages } from '../../gateway/test/kong/debian.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
/** Debian's browser, and letters to draw pages with. */
const packages = ['chromium', 'fonts-dejavu-core'];

function onPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(executable);
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The browser: what is on PATH, else Debian's, which is installed then. @throws when neither can be had */
export async function obtainChromium(): Promise<string> {
  const found = onPath();
  if (found !== undefined) return found;
  await obtainPackages(packages);
  const installed = onPath();
  if (installed === undefined) throw new Error('chromium is installed and is not on PATH');
  await promisify(execFile)(installed, ['--version'], { timeout: 30_000 });
  return installed;
}

/** Why there can be no browser here, for `skip`; false where there is one. @throws instead where CI is set */
export async function browserMissing(): Promise<string | false> {
  try {
    await obtainChromium();
    return false;
  } catch (error) {
    if (process.env.CI) throw error;
    return `no Chromium: ${error instanceof Error ? error.message : String(error)}`;
  }
}
