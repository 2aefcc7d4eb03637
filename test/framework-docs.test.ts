// docs/framework.md is run as it is printed: its modules under the strict settings of the project, on real servers.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { makeEventStreams, startNats, startRedis } from '@tsmicro/stack';
import { openTestMongo } from '../packages/mongo/test/test-mongo.ts';
import { openTestDatabase } from '../packages/postgres/test/test-database.ts';
import { type ExportedName, importsOf, readExports, readPage, type Section } from './framework-page.ts';

const root = join(import.meta.dirname, '..');
const dir = join(root, '.test', 'framework');
const run = promisify(execFile);
const { sections, index } = await readPage();
const examples = sections.filter(({ code }) => code !== '');

const folderOf = ({ anchor }: Section) => join(dir, anchor);
const moduleOf = (section: Section) => join(folderOf(section), 'example.ts');
const textOf = ({ package: from, name }: ExportedName) => `${name} of ${from}`;

async function writeExamples(): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  for (const section of examples) {
    await mkdir(folderOf(section), { recursive: true });
    await writeFile(moduleOf(section), section.code);
    for (const { path, text } of section.files) {
      const file = join(folderOf(section), path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }
  const { compilerOptions } = JSON.parse(await readFile(join(root, 'tsconfig.json'), 'utf8'));
  await writeFile(
    join(dir, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: examples.map(moduleOf) }),
  );
}

/** The servers, with databases that nobody else uses, as the environment of an example names them. */
async function openServers(opened: AsyncDisposableStack): Promise<Record<string, string>> {
  const [nats, redis, postgres, mongo] = await Promise.all([
    startNats({ url: process.env.NATS_URL }),
    startRedis({ url: process.env.REDIS_URL }),
    openTestDatabase(),
    openTestMongo(),
  ]);
  for (const one of [nats, redis, postgres, mongo]) opened.use(one);
  const hearers = [{ service: 'mail', hears: ['shop'] }];
  await makeEventStreams(nats.url, { hearers }, AbortSignal.timeout(10_000));
  const { host, port, user, password, database } = postgres.address;
  const credentials = [user, password].map(encodeURIComponent).join(':');
  return {
    NATS_URL: nats.url,
    REDIS_URL: redis.url,
    POSTGRES_URL: `postgres://${credentials}@${host}:${port}/${database}`,
    MONGO_URL: Object.assign(new URL(mongo.options.url ?? ''), { pathname: mongo.options.database }).href,
    SERVER_PORT: '0',
    METRICS_PORT: '0',
  };
}

const opened = new AsyncDisposableStack();
let environment: Record<string, string> = {};
before(async () => {
  opened.defer(() => rm(dir, { recursive: true, force: true }));
  await writeExamples();
  environment = await openServers(opened);
});
after(() => opened.disposeAsync());

test('framework: the index has every exported name of every package once, and no other', async () => {
  const exported = (await readExports()).map(textOf);
  const shown = index.map(textOf);
  assert.ok(exported.length > 100);
  assert.deepEqual(
    {
      missing: exported.filter((name) => !shown.includes(name)),
      unknown: shown.filter((name) => !exported.includes(name)),
      twice: shown.filter((name, at) => shown.indexOf(name) !== at),
    },
    { missing: [], unknown: [], twice: [] },
  );
});

test('framework: the section that the index gives imports the name', () => {
  // That what is imported is used too is checked by the compiler.
  const astray = index.filter((row) => {
    const section = sections.find(({ anchor }) => anchor === row.anchor);
    return !importsOf(section?.code ?? '').some((imported) => textOf(imported) === textOf(row));
  });
  assert.deepEqual(astray.map(textOf), []);
});

test('framework: every example compiles under the settings of the project', async () => {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const complaints = await run(process.execPath, [tsc, '-p', dir]).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  );
  assert.equal(complaints, '');
});

describe('framework: as printed, on real servers, works', {
  concurrency: Math.min(2, availableParallelism()),
}, () => {
  for (const section of examples) {
    test(section.title, async () => {
      const env = { ...process.env, ...environment };
      await run(process.execPath, [moduleOf(section)], { cwd: folderOf(section), env, timeout: 30_000 });
    });
  }
});
