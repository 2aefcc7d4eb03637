import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownPath, redirect } from '../src/index.ts';

const elsewhere = [
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  'javascript:alert(1)',
  'evil',
  '',
  '/a\r\nset-cookie: x=y',
  '/é',
  `/${'x'.repeat(4_000)}`,
];

test('own path: no text leads a browser to another site', () => {
  for (const text of elsewhere) {
    assert.equal(ownPath(text, '/home'), '/home', text);
    assert.throws(() => redirect(text), TypeError, text);
  }
  assert.equal(ownPath(null), '/');
  for (const text of ['/', '/read/x?page=2#comments', '/a//b', '/tag/%C3%89']) {
    assert.equal(ownPath(text, '/home'), text);
    assert.equal(new URL(text, 'http://site.example').host, 'site.example');
  }
});
