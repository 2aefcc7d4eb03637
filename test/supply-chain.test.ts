// What is installed is what was looked at: `npm ci` takes nothing that the lock file does not know by its hash. Known holes
// in it are told by `npm run check`.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

interface LockedPackage {
  resolved?: string;
  integrity?: string;
  link?: boolean;
}

test('supply chain: every package comes from a registry and is known by its SHA-512', async () => {
  const text = await readFile(join(import.meta.dirname, '..', 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Record<string, LockedPackage> };
  const installed = Object.entries(packages).filter(
    ([path, { link }]) => path.includes('node_modules/') && !link,
  );
  assert.ok(installed.length > 0);
  for (const [path, { resolved, integrity }] of installed) {
    // Where nothing is said it comes from the registry that npm is told to use.
    if (resolved !== undefined) assert.match(resolved, /^https:\/\/registry\.npmjs\.org\//, path);
    assert.match(integrity ?? '', /^sha512-/, path);
  }
});
