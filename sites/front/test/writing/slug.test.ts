import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { suggestSlug } from '../../src/writing/slug.ts';

const suggestions: readonly [title: string, slug: string][] = [
  ['Hello, World!', 'hello-world'],
  ['  Éclairs & Größe / 2  ', 'eclairs-große-2'],
  ['Привет, мир', 'привет-мир'],
  ['हिन्दी में', 'हिन्दी-में'],
  ['日本', 'article-日本'],
  ['?', 'article'],
  ['', 'article'],
  [`${'word '.repeat(40)}`, 'word-'.repeat(16).slice(0, -1)],
];

test('suggestSlug: words in lower case, without accents and signs, long enough and not too long', () => {
  for (const [title, slug] of suggestions) assert.equal(suggestSlug(title), slug);
});

test('asset/writing.js suggests the same addresses', async () => {
  const script = await readFile(new URL('../../src/asset/writing.js', import.meta.url), 'utf8');
  const [source] = /^function suggestSlug[\s\S]*?^}$/m.exec(script) ?? [];
  assert.ok(source !== undefined, 'writing.js has the function');
  const suggest: (title: string) => string = runInNewContext(`(${source})`);
  for (const [title, slug] of suggestions) assert.equal(suggest(title), slug);
});
