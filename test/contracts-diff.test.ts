import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';

const tool = join(import.meta.dirname, '..', 'tools', 'contracts', 'diff.ts');

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** A repository of the test's own with one commit, whose documents are `committed`. */
async function openRepository(t: TestContext, committed: Record<string, unknown>) {
  const directory = await mkdtemp(join(tmpdir(), 'contracts-'));
  t.after(() => rm(directory, { recursive: true }));
  const run = (program: string, ...words: string[]): Promise<Ended> =>
    promisify(execFile)(program, words, { cwd: directory, timeout: 60_000 }).then(
      (ended) => ({ code: 0, ...ended }),
      (error: Ended) => error,
    );
  const write = async (documents: Record<string, unknown>) => {
    for (const [path, document] of Object.entries(documents)) {
      await mkdir(join(directory, path, '..'), { recursive: true });
      await writeFile(join(directory, path), JSON.stringify(document));
    }
  };
  await write(committed);
  await run('git', 'init', '--quiet');
  await run('git', 'add', '.');
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  const { code, stderr } = await run('git', ...who, 'commit', '--quiet', '-m', 'first');
  assert.equal(code, 0, stderr);
  return { directory, write, diff: (...words: string[]) => run(process.execPath, tool, ...words) };
}

const openapi = (...paths: string[]) => ({
  openapi: '3.1.1',
  paths: Object.fromEntries(paths.map((path) => [path, { get: { responses: {} } }])),
});

test('contracts:diff: without a change there is nothing to say', async (t) => {
  const { diff } = await openRepository(t, { 'contracts/shop/openapi.json': openapi('/a') });
  const { code, stdout } = await diff();
  assert.deepEqual([code, stdout], [0, '0 changes since HEAD, 0 of them breaking\n']);
});

test('contracts:diff: what hurts nobody is listed, and all is well', async (t) => {
  const { diff, write } = await openRepository(t, { 'contracts/shop/openapi.json': openapi('/a') });
  await write({ 'contracts/shop/openapi.json': openapi('/a', '/b'), 'contracts/new/asyncapi.json': {} });
  const { code, stdout } = await diff('HEAD');
  assert.equal(code, 0);
  assert.match(stdout, /compatible {2}GET \/b: is new/);
  assert.match(stdout, /compatible {2}contracts\/new\/asyncapi\.json: is new/);
});

test('contracts:diff: a breaking change is named and fails, also when a whole document goes', async (t) => {
  const { diff, write, directory } = await openRepository(t, {
    'contracts/shop/openapi.json': openapi('/a', '/b'),
    'contracts/shop/asyncapi.json': {},
  });
  await write({ 'contracts/shop/openapi.json': openapi('/a') });
  await rm(join(directory, 'contracts/shop/asyncapi.json'));
  const { code, stdout } = await diff();
  assert.equal(code, 1);
  assert.match(stdout, /BREAKING {4}GET \/b: is not there any more/);
  assert.match(stdout, /BREAKING {4}contracts\/shop\/asyncapi\.json: is not there any more/);
  assert.match(stdout, /2 changes since HEAD, 2 of them breaking/);
});

test('contracts:diff: a revision that git does not know is a mistake of its own', async (t) => {
  const { diff } = await openRepository(t, { 'contracts/shop/openapi.json': openapi('/a') });
  for (const revision of ['nowhere', '--help', '']) {
    const { code, stderr } = await diff(revision);
    assert.equal(code, 2, revision);
    assert.equal(stderr, `git knows no revision "${revision}"\n`);
  }
});
