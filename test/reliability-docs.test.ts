// docs/reliability.md names a test for each promise: the files are there, and have the tests that are quoted.
import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';

const root = join(import.meta.dirname, '..');
const promises = Array.from({ length: 30 }, (_, index) => `P${String(index + 1).padStart(2, '0')}`);

let page = '';
before(async () => {
  page = await readFile(join(root, 'docs', 'reliability.md'), 'utf8');
});

/** The tests below a pattern in backticks, as one text. @throws when there are none */
async function read(pattern: string): Promise<string> {
  const below = [pattern, `${pattern}/**/*.test.ts`];
  const files = (await Array.fromAsync(glob(below, { cwd: root }))).filter((file) => file.endsWith('.ts'));
  assert.ok(files.length > 0, `no test ${pattern}`);
  return (await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')))).join('\n');
}

test('reliability: every promise has its row, with a test and what was measured', () => {
  const rows = page.split('\n').filter((line) => /^\| P\d\d \|/.test(line));
  assert.deepEqual(
    rows.map((row) => row.slice(2, 5)),
    promises,
  );
  for (const row of rows) {
    const [, , promise, proof = '', measured] = row.split('|').map((cell) => cell.trim());
    assert.ok(promise && measured, row);
    assert.match(proof, /`[^`]+`/, row);
  }
});

test('reliability: every test that is named is there', async () => {
  const named = [...page.matchAll(/`((?:test|[^` ]+\/test)\/[^` ]+)`((?:,? "[^"]+")*)/g)];
  assert.ok(named.length > promises.length);
  for (const [, pattern = '', quoted = ''] of named) {
    const text = await read(pattern);
    for (const [, words = ''] of quoted.matchAll(/"([^"]+)"/g))
      assert.ok(text.includes(words), `${pattern} has no test "${words}"`);
  }
});
