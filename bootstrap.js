// The one file that any Node runs: it installs what package-lock.json names when node_modules is missing or
// older, then hands over to the pinned Node of node_modules (the npm package `node`).
// Usage: node bootstrap.js <script.ts> [arguments...]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const lockFile = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.package-lock.json');
const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

function outdated() {
  return (
    !existsSync(installed) || !existsSync(node) || statSync(installed).mtimeMs < statSync(lockFile).mtimeMs
  );
}

if (outdated()) {
  console.log('Installing the packages of package-lock.json (about 20 s the first time) ...');
  // Not `npm ci`: it refuses a lock file that lacks the optional builds of tools for platforms other than the author's.
  // With NODE_ENV=production npm would leave out what is only needed here, and so the Node that all of it runs on.
  const flags = ['--include=dev', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  const install = spawnSync('npm', ['install', ...flags], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (install.status !== 0) {
    console.error('npm install failed: see its message above; the npm registry must be reachable.');
    process.exit(install.status ?? 1);
  }
  // npm leaves the time of an installation that needed no change as it was.
  utimesSync(installed, new Date(), new Date());
}

const child = spawn(node, process.argv.slice(2), {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH ?? ''}` },
});
// The terminal sends Ctrl-C to both; a supervisor signals only this process, so SIGTERM is passed on.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
