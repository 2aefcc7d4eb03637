import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toArticleHtml } from '../../src/text/article-html.ts';
import { hostileElements, hostileTexts, hostileUses } from './hostile-text.ts';
import { pageWith, placeOfText } from './page-tree.ts';

const allowed: Readonly<Record<string, readonly string[]>> = {
  a: ['href', 'title', 'rel'],
  img: ['src', 'alt', 'title', 'width', 'height', 'loading', 'decoding', 'referrerpolicy'],
  ol: ['start', 'reversed'],
  td: ['class', 'colspan', 'rowspan'],
  th: ['class', 'colspan', 'rowspan'],
  pre: ['tabindex'],
  table: ['tabindex'],
  abbr: ['title'],
  dfn: ['title'],
};
const plain = new Set(
  (
    'p br hr h2 h3 h4 h5 h6 blockquote figure figcaption ul li dl dt dd caption thead tbody tfoot tr strong b em i u s ' +
    'del ins mark small sub sup q cite code kbd samp var ruby rt rp bdi span'
  ).split(' '),
);
/** http(s) and mailto, and absolute paths; nothing that a browser would read otherwise than it looks. */
const address = /^(?:https?:\/\/[^\s\\]+|mailto:[^\s\\]+|\/(?![/\\])[^\s\\]*)$/;

/** Holds what a browser makes of a text against what may stand in an article. */
function assertHarmless(text: string): void {
  const html = toArticleHtml(text);
  for (const scripting of [true, false]) {
    const { elements, endIn } = pageWith(html, scripting);
    assert.deepEqual(endIn, placeOfText, `what follows stays where it was: ${text}`);
    for (const { tagName, attrs, namespaceURI } of elements) {
      assert.equal(namespaceURI, 'http://www.w3.org/1999/xhtml', text);
      assert.ok(plain.has(tagName) || tagName in allowed, `<${tagName}> of ${text}`);
      for (const { name, value } of attrs) {
        assert.ok(allowed[tagName]?.includes(name), `${name} on <${tagName}> of ${text}`);
        if (name === 'href' || name === 'src') assert.match(value, address, text);
        if (name === 'class') assert.match(value, /^align-(?:right|center)$/, text);
      }
    }
  }
}

const written = (text: string) => toArticleHtml(text).text.trim();

for (const text of hostileTexts) {
  test(`a hostile text becomes nothing but text: ${JSON.stringify(text)}`, () => {
    assertHarmless(text);
    // The same in the middle of what is harmless, where it does not begin a block of HTML.
    assertHarmless(`Before ${text} after.\n\nAnd on.`);
    assertHarmless(`<p>Before</p>${text}<p>after</p>`);
  });
}

test('no order of tags, closed or not, leaves the place of the text', () => {
  let state = 20_261_126;
  const next = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const oneOf = <T>(list: readonly T[]): T => {
    const one = list[next(list.length)];
    assert.ok(one !== undefined);
    return one;
  };
  for (let i = 0; i < 3_000; i++) {
    // Few elements at a time: what goes wrong between two of them comes up among thousands of texts.
    const names = Array.from({ length: 3 }, () => oneOf(hostileElements));
    const pieces = Array.from({ length: 2 + next(9) }, () => oneOf(hostileUses)(oneOf(names)));
    assertHarmless(`<p>${pieces.join(next(2) === 0 ? '' : 'x')}`);
  }
});

test('a link leaves nothing of the reader behind, a picture neither, and pictures come when they are near', () => {
  assert.equal(
    written('[x](https://a.example/b?c=d&e "t")'),
    '<p><a href="https://a.example/b?c=d&amp;e" title="t" rel="nofollow ugc noopener">x</a></p>',
  );
  assert.equal(
    written('![x](https://a.example/b.png)'),
    '<p><img src="https://a.example/b.png" alt="x" loading="lazy" decoding="async" referrerpolicy="no-referrer" /></p>',
  );
});

test('what is no link any more keeps its words, what is no picture its description', () => {
  assert.match(
    written('<p>a <a href="javascript:x">word</a> more</p>'),
    /^<p>a <span>word<\/span> more<\/p>$/,
  );
  assert.match(
    written('<p>a <img src="b.png" alt="a hill"> more</p>'),
    /^<p>a <span>a hill<\/span> more<\/p>$/,
  );
  assert.match(written('![a hill](b.png) and [a path](/c d)'), /a hill<\/span> and \[a path\]\(\/c d\)/);
});

test('headings begin below the title of the page and leave no level out', () => {
  const levels = (text: string) =>
    [...toArticleHtml(text).text.matchAll(/<h(\d)>/g)].map(([, level]) => Number(level));
  assert.deepEqual(levels('# a\n\n## b\n\n# c'), [2, 3, 2]);
  assert.deepEqual(levels('### a\n\n##### b\n\n#### c\n\n### d\n\n# e'), [2, 3, 3, 2, 2]);
  assert.deepEqual(levels('# a\n\n## b\n\n### c\n\n#### d\n\n##### e\n\n###### f'), [2, 3, 4, 5, 6, 6]);
});

test('Markdown: tables with their alignment, code, quotes, lists, addresses that are written out', () => {
  const table = written('|a|b|\n|:-:|--:|\n|1|2|');
  assert.match(table, /^<table tabindex="0">/);
  assert.match(table, /<th class="align-center">a<\/th>\s*<th class="align-right">b<\/th>/);
  assert.match(written('```js\n<b>&\n```'), /^<pre tabindex="0"><code>&lt;b&gt;&amp;\n<\/code><\/pre>$/);
  assert.match(
    written('> a\n\n3. b\n4. c'),
    /<blockquote>\s*<p>a<\/p>\s*<\/blockquote>\s*<ol start="3">\s*<li>b/,
  );
  assert.match(
    written('see https://a.example/x.'),
    /<a href="https:\/\/a\.example\/x" rel="[^"]+">https:\/\/a\.example\/x<\/a>\./,
  );
  assert.doesNotMatch(written('read README.md, write me@a.example'), /<a /);
});

test('HTML: a document in HTML is read as such, and blocks that mean nothing to a reader become paragraphs', () => {
  assert.equal(
    written('<div>\n\n    <p>not code</p>\n\n</div>').replace(/\s+/g, ' '),
    '<p> <p>not code</p> </p>',
  );
  assert.match(
    written('<h1>Title</h1>\n<p>1 * 2 * 3 and _so_ on</p>'),
    /<h2>Title<\/h2>\s*<p>1 \* 2 \* 3 and _so_ on<\/p>/,
  );
  assert.match(written('A <kbd>key</kbd> in *Markdown*'), /<kbd>key<\/kbd> in <em>Markdown<\/em>/);
});

test('no text of the length that may be stored takes more than a moment', { timeout: 30_000 }, () => {
  const pieces = [
    '<b>',
    '<div>',
    '<a href=/x>',
    '[',
    '![',
    '**a',
    '_a_ ',
    '> ',
    '- ',
    '<',
    '<!--',
    '<table><tr><td>',
  ];
  const lists = [
    '  - a\n',
    '1. ',
    '|a|b|\n|-|-|\n',
    '<li><ul>',
    '[a][',
    '`a',
    '<svg>',
    '<noscript>',
    '<iframe>',
    '*_',
  ];
  for (const piece of [...pieces, ...lists]) {
    assertHarmless(piece.repeat(Math.ceil(50_000 / piece.length)).slice(0, 50_000));
  }
});
