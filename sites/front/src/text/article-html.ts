import { type Html, trusted } from '@tsmicro/web';
import { LRUCache } from 'lru-cache';
import sanitizeHtml, { type Attributes, type Tag } from 'sanitize-html';
import { toLinkAddress, toPictureAddress } from './address.ts';
import { toMarkup } from './markup.ts';
import { Outline } from './outline.ts';

/** Elements whose content is nothing that a reader should see either. */
const withContent = [
  ...['script', 'style', 'template', 'noscript', 'noembed', 'noframes', 'iframe', 'object', 'applet'],
  ...['svg', 'math', 'head', 'title', 'textarea', 'select', 'option', 'xmp', 'plaintext', 'audio', 'video'],
];

/**
 * What may stand in an article. What surrounds its text on a page must be none of these: where a browser closes an element
 * earlier than it was written, the end that is left over closes the next one outside. So there is no div, section or
 * article among them.
 */
const elements = [
  ...['p', 'br', 'hr', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'figure', 'figcaption'],
  ...['ul', 'ol', 'li', 'dl', 'dt', 'dd'],
  ...['table', 'caption', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'],
  ...[
    'a',
    'img',
    'strong',
    'b',
    'em',
    'i',
    'u',
    's',
    'del',
    'ins',
    'mark',
    'small',
    'sub',
    'sup',
    'q',
    'cite',
  ],
  ...['code', 'kbd', 'samp', 'var', 'abbr', 'dfn', 'ruby', 'rt', 'rp', 'bdi', 'span'],
];

/** Deeper than any text needs; what is nested deeper stays, flat. */
const maxNesting = 24;

/** The attributes that an element gets, but those that have no value. */
function attributes(values: Readonly<Record<string, string | undefined>>): Attributes {
  const attribs: Attributes = {};
  for (const [name, value] of Object.entries(values)) if (value !== undefined) attribs[name] = value;
  return attribs;
}

/** A whole number of one to four digits. */
const toNumber = (value: string | undefined) =>
  value !== undefined && /^\d{1,4}$/.test(value) ? value : undefined;

function link(_: string, { href, title }: Attributes): Tag {
  const address = toLinkAddress(href ?? '');
  if (address === undefined) return { tagName: 'span', attribs: {} };
  return { tagName: 'a', attribs: attributes({ href: address, title, rel: 'nofollow ugc noopener' }) };
}

function picture(_: string, { src, alt = '', title, width, height }: Attributes): Tag {
  const address = toPictureAddress(src ?? '');
  if (address === undefined) return { tagName: 'span', attribs: {}, text: alt };
  const size = { width: toNumber(width), height: toNumber(height) };
  const fetching = { loading: 'lazy', decoding: 'async', referrerpolicy: 'no-referrer' };
  return { tagName: 'img', attribs: attributes({ src: address, alt, title, ...size, ...fetching }) };
}

function cell(tagName: string, { style, align, colspan, rowspan }: Attributes): Tag {
  const [, aligned] = /^\s*(?:text-align\s*:)?\s*(center|right)\b/i.exec(style ?? align ?? '') ?? [];
  const name = aligned === undefined ? undefined : `align-${aligned.toLowerCase()}`;
  const span = { colspan: toNumber(colspan), rowspan: toNumber(rowspan) };
  return { tagName, attribs: attributes({ class: name, ...span }) };
}

/** What is wider than the page scrolls by itself, also by keyboard. */
const scrolling = (tagName: string): Tag => ({ tagName, attribs: { tabindex: '0' } });

const paragraph = (): Tag => ({ tagName: 'p', attribs: {} });

const list = (tagName: string, { start, reversed }: Attributes): Tag => ({
  tagName,
  attribs: attributes({ start: toNumber(start), reversed }),
});

const blocks = ['div', 'section', 'article', 'aside', 'header', 'footer', 'main', 'center', 'address'];
const headings = [1, 2, 3, 4, 5, 6];

/** Some texts of an hour's readers: most are a few KiB, and a hostile one of 50,000 characters takes half a second. */
const kept = new LRUCache<string, Html>({
  maxSize: 2_000_000,
  sizeCalculation: ({ text: safe }, text) => safe.length + text.length + 1,
});

function sanitise(text: string): Html {
  const outline = new Outline();
  const heading = (level: number) => (): Tag => ({ tagName: `h${outline.next(level)}`, attribs: {} });
  const safe = sanitizeHtml(toMarkup(text), {
    allowedTags: elements,
    allowedAttributes: {
      a: ['href', 'title', 'rel'],
      img: ['src', 'alt', 'title', 'width', 'height', 'loading', 'decoding', 'referrerpolicy'],
      ol: ['start', 'reversed'],
      ...Object.fromEntries(['td', 'th'].map((name) => [name, ['class', 'colspan', 'rowspan']])),
      ...Object.fromEntries(['pre', 'table'].map((name) => [name, ['tabindex']])),
      ...Object.fromEntries(['abbr', 'dfn'].map((name) => [name, ['title']])),
    },
    // Once more, should the functions above ever let something through.
    allowedSchemes: ['http', 'https', 'mailto'],
    allowProtocolRelative: false,
    nonTextTags: withContent,
    nestingLimit: maxNesting,
    transformTags: {
      a: link,
      img: picture,
      td: cell,
      th: cell,
      ol: list,
      pre: scrolling,
      table: scrolling,
      ...Object.fromEntries(blocks.map((name) => [name, paragraph])),
      ...Object.fromEntries(headings.map((level) => [`h${level}`, heading(level)])),
    },
  });
  return trusted(safe);
}

/**
 * The text of an article, Markdown or HTML, as HTML that may stand on a page: a strict list of elements and attributes,
 * sanitised by sanitize-html, headings below an h1, links and pictures by {@link toLinkAddress} and
 * {@link toPictureAddress}.
 */
export function toArticleHtml(text: string): Html {
  const known = kept.get(text);
  if (known !== undefined) return known;
  const safe = sanitise(text);
  kept.set(text, safe);
  return safe;
}
