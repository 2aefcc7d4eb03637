import MarkdownIt from 'markdown-it';

const markdown = new MarkdownIt({ html: true, linkify: true });
// Only what has a scheme: `README.md` and `me@here` in a sentence are no links.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });

const blockAtStart =
  /^\s*<(?:!doctype|html|body|article|section|main|div|p|h[1-6]|ul|ol|dl|table|blockquote|figure|pre)[\s>]/i;
const tagAtEnd = /<\/[a-z][a-z0-9]*\s*>\s*$/i;

/** Whether a text is a document in HTML: it begins with a block of HTML and ends with the end of an element. */
function isHtml(text: string): boolean {
  return blockAtStart.test(text) && tagAtEnd.test(text);
}

/**
 * The HTML of an article's text, which is either HTML or Markdown (CommonMark with tables, in which HTML may stand).
 * Nothing of it is to be trusted yet.
 */
export function toMarkup(text: string): string {
  return isHtml(text) ? text : markdown.render(text);
}
