import { spawnSync } from 'node:child_process';
import { existsSync, utimesSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { UnsettledError } from './errors.ts';
import type { Project } from './project.ts';

const timeoutMs = 120_000;

function run(project: Project, command: string, args: readonly string[], help: string): void {
  const bin = join(project.root, 'node_modules', '.bin');
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: project.root,
    encoding: 'utf8',
    timeout: timeoutMs,
    env: { ...process.env, PATH: [bin, dirname(process.execPath), process.env.PATH].join(delimiter) },
  });
  if (status === 0) return;
  const said = error?.message ?? `${stdout}${stderr}`.trim();
  throw new UnsettledError(`All files are written, but ${help}:\n${said}`);
}

/** Formats the files and orders their imports: names of other lengths break lines elsewhere. */
export function format(project: Project, paths: readonly string[]): void {
  const sources = paths.filter((path) => /\.(?:ts|json)$/.test(path));
  run(project, 'biome', ['check', '--write', ...sources], 'they could not be formatted (npm run format)');
}

/** Links the new packages into node_modules and enters them in package-lock.json; needs no network. */
export function link(project: Project): void {
  const quiet = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  run(project, 'npm', ['install', ...quiet], 'the new packages could not be linked (npm install)');
  // npm leaves the time of an installation that needed no change as it was; bootstrap.js compares it.
  const installed = join(project.root, 'node_modules', '.package-lock.json');
  if (existsSync(installed)) utimesSync(installed, new Date(), new Date());
}
