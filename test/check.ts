// npm run check: types, lint and format, the law of arrows, dead code, known holes in production dependencies.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const tool = (name: string) => join(root, 'node_modules', '.bin', name);

/** One check: what it is called, and the command that fails when it does not hold. */
const checks: [what: string, command: string, args: string[]][] = [
  ['types', tool('tsc'), ['-p', root]],
  ['lint and format', tool('biome'), ['check', root]],
  [
    'architecture',
    process.execPath,
    ['--test', '--test-reporter=dot', join(root, 'test', 'architecture.test.ts')],
  ],
  ['dead code', process.execPath, [tool('knip')]],
];

function report(what: string, startedAt: number, verdict: string): void {
  console.log(`${what.padEnd(24)} ${verdict} (${((performance.now() - startedAt) / 1_000).toFixed(1)} s)`);
}

let failed = 0;
for (const [what, command, args] of checks) {
  const startedAt = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    timeout: 300_000,
  });
  report(what, startedAt, status === 0 ? 'ok' : 'FAILED');
  if (status !== 0) {
    failed++;
    console.log(`${stdout}${stderr}`);
  }
}

/** What `npm audit --json` prints: figures, or why the registry gave none. */
interface Audit {
  metadata?: { vulnerabilities: { high: number; critical: number } };
  vulnerabilities?: Record<string, { severity: string }>;
}

const startedAt = performance.now();
const audit = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  cwd: root,
  encoding: 'utf8',
  timeout: 60_000,
});
let figures: Audit = {};
try {
  figures = JSON.parse(audit.stdout);
} catch {
  // Not JSON: treated as no answer below.
}
const { metadata, vulnerabilities = {} } = figures;
if (metadata === undefined) {
  report('production dependencies', startedAt, 'not checked: this npm registry has no audit');
} else if (metadata.vulnerabilities.high + metadata.vulnerabilities.critical > 0) {
  failed++;
  report('production dependencies', startedAt, 'FAILED');
  for (const [name, { severity }] of Object.entries(vulnerabilities)) console.log(`  ${severity} ${name}`);
} else {
  report('production dependencies', startedAt, 'ok');
}
process.exitCode = failed > 0 ? 1 : 0;
