// npm test [words...]: runs every test file (or those whose path contains one of the words) on real servers, and closes
// with one line, `N passed, N failed`. The servers are started once and shared; tests that break a server start their own.
import { glob, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { startMongo, startNats, startPostgres, startRedis } from '@tsmicro/stack';

const root = join(import.meta.dirname, '..');
// Reading TypeScript is half of what a test file or a service needs to start; it is kept for all of them.
process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'tsmicro');
/** No file takes longer than this, on two cores with others beside it. */
const fileTimeoutMs = 300_000;

/** The files of one turn, sorted, that `words` ask for. */
async function filesOf(patterns: string[], words: string[]): Promise<string[]> {
  const files = await Array.fromAsync(
    glob(patterns, { cwd: root, exclude: (path) => path.includes('node_modules') }),
  );
  return files.filter((file) => words.length === 0 || words.some((word) => file.includes(word))).sort();
}

/** Starts what the tests share and names it in the environment, as a person would who has servers already. */
async function openSharedServers(servers: AsyncDisposableStack, dir: string): Promise<void> {
  const [nats, postgres, redis, mongo] = await Promise.all([
    startNats(),
    startPostgres({ durable: false }),
    startRedis(),
    startMongo({ dir: join(dir, 'mongo'), url: process.env.MONGO_URL }),
  ]);
  for (const server of [nats, postgres, redis, mongo]) servers.use(server);
  Object.assign(process.env, {
    NATS_URL: nats.url,
    POSTGRES_URL: postgres.url,
    REDIS_URL: redis.url,
    MONGO_URL: mongo.url,
  });
}

/** Runs the files and counts the tests; a file that fails as a whole counts as one. */
async function runFiles(files: string[], concurrency: number, counts: { passed: number; failed: number }) {
  if (files.length === 0) return;
  const stream = run({ files: files.map((file) => join(root, file)), concurrency, timeout: fileTimeoutMs });
  stream.on('test:pass', ({ details, skip }) => {
    if (details.type !== 'suite' && skip === undefined) counts.passed++;
  });
  stream.on('test:fail', ({ details }) => {
    if (details.type !== 'suite') counts.failed++;
  });
  for await (const text of stream.compose(new spec())) process.stdout.write(text);
}

const words = process.argv.slice(2).filter((word) => !word.startsWith('-'));
// These start every server themselves; with MONGO_URL the document server's suite runs against that MongoDB too.
const stack = await filesOf(['stack/test/**/*.test.ts'], words);
const rooms = await filesOf(
  ['{packages,contracts,services,sites,gateway,bench,deploy}/**/test/**/*.test.ts'],
  words,
);
// What starts whole systems and measures their patience has the machine to itself.
const system = await filesOf(['test/**/*.test.ts', 'tools/*/test/*.test.ts'], words);
const counts = { passed: 0, failed: 0 };
const startedAt = performance.now();
await runFiles(stack, Math.min(2, availableParallelism()), counts);
{
  await using servers = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'tsmicro-test-'));
  servers.defer(() => rm(dir, { recursive: true, force: true }));
  await mkdir(join(dir, 'mongo'));
  await openSharedServers(servers, dir);
  await runFiles(rooms, Math.min(2, availableParallelism()), counts);
  await runFiles(system, 1, counts);
}
const seconds = Math.round((performance.now() - startedAt) / 1_000);
console.log(
  `\n${stack.length + rooms.length + system.length} files of ${relative(process.cwd(), root) || '.'} in ${seconds} s`,
);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
