import type { Html } from '@tsmicro/web';
import { type DefaultTreeAdapterMap, parse } from 'parse5';

type Node = DefaultTreeAdapterMap['node'];
type Element = DefaultTreeAdapterMap['element'];

/** The names of the elements around one, the nearest first. */
function around(element: Element): string[] {
  const parent = element.parentNode;
  return parent && 'tagName' in parent ? [parent.tagName, ...around(parent)] : [];
}

function elementsOf(node: Node): Element[] {
  const children = 'childNodes' in node ? node.childNodes.flatMap(elementsOf) : [];
  return 'tagName' in node ? [node, ...children] : children;
}

/** A text on a page, as a browser reads it. */
export interface PageTree {
  /** Elements of the text. */
  readonly elements: readonly Element[];
  /** What is around that which stands behind the text, in the same place, the nearest first. */
  readonly endIn: readonly string[];
}

/** What is around the end of every text that keeps to its place. */
export const placeOfText = ['div', 'div', 'article', 'section', 'main', 'body', 'html'];

/** Puts the text of an article on a page and reads the page by the HTML standard, as a browser does. */
export function pageWith({ text }: Html, scriptingEnabled: boolean): PageTree {
  const document = parse(
    `<!doctype html><main><section><article><div><div>${text}<output></output></div></div></article></section></main>`,
    { scriptingEnabled },
  );
  const all = elementsOf(document);
  const end = all.findIndex(({ tagName }) => tagName === 'output');
  const [element] = all.slice(end);
  if (element === undefined) throw new Error(`the page fell apart: ${text}`);
  const before = ['html', 'head', 'body', 'main', 'section', 'article', 'div', 'div'].length;
  return { elements: all.slice(before, end), endIn: around(element) };
}
