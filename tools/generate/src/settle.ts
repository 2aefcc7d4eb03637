import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { ChangeSet } from './change-set.ts';
import { UnsettledError } from './errors.ts';
import type { Project } from './project.ts';

const timeoutMs = 120_000;

/** Runs a program that the project brings along. @throws Error with what it said */
function run(project: Project, cwd: string, command: string, args: readonly string[]): void {
  const bin = join(project.root, 'node_modules', '.bin');
  const path = [bin, dirname(process.execPath), process.env.PATH].join(delimiter);
  const options = { cwd, timeout: timeoutMs, env: { ...process.env, PATH: path } };
  const { status, stdout, stderr, error } = spawnSync(command, args, { ...options, encoding: 'utf8' });
  if (status !== 0) throw new Error(error?.message ?? `${stdout}${stderr}`.trim());
}

/**
 * Formats what will be written and orders its imports: names of other lengths break lines elsewhere. Done aside, so that
 * nobody who watches the files sees them change twice.
 */
export function format(project: Project, changes: ChangeSet): void {
  const folder = mkdtempSync(join(tmpdir(), 'tsmicro-generate-'));
  try {
    for (const file of ['biome.json', '.gitignore']) cpSync(join(project.root, file), join(folder, file));
    const texts = [...changes.texts].filter(([path]) => /\.(?:ts|json)$/.test(path));
    for (const [path, text] of texts) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    run(project, folder, 'biome', ['check', '--write', '--linter-enabled=false', '.']);
    for (const [path] of texts) changes.edit(path, () => readFileSync(join(folder, path), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Links the new packages into node_modules and enters them in package-lock.json; needs no network.
 * @throws {UnsettledError} when npm cannot
 */
export function link(project: Project): void {
  const quiet = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  try {
    run(project, project.root, 'npm', ['install', ...quiet]);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new UnsettledError(
      `All files are written, but the new packages could not be linked (npm install does it):\n${said}`,
    );
  }
  // npm leaves the time of an installation that needed no change as it was; bootstrap.js compares it.
  const installed = join(project.root, 'node_modules', '.package-lock.json');
  if (existsSync(installed)) utimesSync(installed, new Date(), new Date());
}
