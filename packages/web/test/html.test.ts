import assert from 'node:assert/strict';
import { test } from 'node:test';
import { breakable, html, trusted } from '../src/index.ts';

test('html: every value is escaped, in text and in attributes', () => {
  const hostile = `<script>alert("x")</script>' & `;
  assert.equal(
    html`<p title="${hostile}">${hostile}</p>`.text,
    '<p title="&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39; &amp; ">' +
      '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39; &amp; </p>',
  );
});

test('html: templates and trusted text are taken as they are, absence is nothing, lists are put together', () => {
  const items = ['a', 'b&'].map((item) => html`<li>${item}</li>`);
  assert.equal(html`<ul>${items}</ul>${undefined}${false}${0}`.text, '<ul><li>a</li><li>b&amp;</li></ul>0');
  assert.equal(html`${trusted('<b>bold</b>')}`.text, '<b>bold</b>');
});

test('html: a long path may be broken behind each of its parts', () => {
  assert.equal(html`${breakable('/a/<b>')}`.text, '/a/<wbr>&lt;b&gt;');
});
