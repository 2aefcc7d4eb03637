import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileValidator } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';

const accepts = (format: string) => {
  const validate = compileValidator(Type.String({ format }));
  return (text: string) => validate(text).length === 0;
};

const cases: Record<string, { good: string[]; bad: string[] }> = {
  email: {
    good: ['a@b.co', 'first.last+tag@sub.example.com', "o'neil@example.org", 'jörg@bücher.de'],
    bad: [
      '',
      'a',
      'a@b',
      '@b.co',
      'a@.co',
      'a@b..co',
      '.a@b.co',
      'a..b@b.co',
      'a b@c.co',
      'a@b.co\n',
      `${'a'.repeat(65)}@b.co`,
      'a@-b.co',
    ],
  },
  uuid: {
    good: ['6f1c9c4e-2f4b-4a5e-9a43-0d6a3c1b2d3e', '6F1C9C4E-2F4B-4A5E-9A43-0D6A3C1B2D3E'],
    bad: ['', '6f1c9c4e2f4b4a5e9a430d6a3c1b2d3e', '6f1c9c4e-2f4b-4a5e-9a43-0d6a3c1b2d3e\n', 'x'.repeat(36)],
  },
  'http-url': {
    good: ['http://a.b/c.png', 'https://a.b:8080/?q=1#x', 'HTTPS://A.B/'],
    bad: [
      '',
      '/a.png',
      'a.b',
      'ftp://a.b',
      'javascript:alert(1)',
      'http://',
      'http://a b',
      'data:text/html,x',
      'https:a',
      '\thttp://a.b',
    ],
  },
  'date-time': {
    good: ['2030-01-31T12:00:00Z', '2028-02-29t23:59:59.123456z', '2030-01-01T00:00:00-07:30'],
    bad: [
      '2030-01-31',
      '2030-01-31T12:00Z',
      '2030-01-31T12:00:00',
      '2030-02-29T00:00:00Z',
      '2030-00-01T00:00:00Z',
      '2030-01-00T00:00:00Z',
      '2030-01-01T24:00:00Z',
      '2030-01-01T00:00:60Z',
      ' 2030-01-01T00:00:00Z',
      '+02030-01-01T00:00:00Z',
    ],
  },
  'http-url-or-path': {
    good: ['/a.png', 'https://a.b/c.png'],
    bad: ['//a.b/c.png', 'a.png', 'javascript:alert(1)', '/a\\b', '/a b', ''],
  },
};

for (const [format, { good, bad }] of Object.entries(cases)) {
  test(`format: ${format} knows good from bad`, () => {
    const accepted = accepts(format);
    for (const text of good) assert.ok(accepted(text), `${text} is good`);
    for (const text of bad) assert.ok(!accepted(text), `${JSON.stringify(text)} is bad`);
  });
}

test('format: a hostile text is judged in linear time', () => {
  const startedAt = performance.now();
  for (const format of Object.keys(cases)) accepts(format)(`${'a@'.repeat(100_000)}!`);
  assert.ok(performance.now() - startedAt < 500);
});
