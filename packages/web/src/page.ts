import type { Part } from './html.ts';
import { isOwnPath } from './own-path.ts';

/** A page as a handler gives it; the layout of its site puts it into a whole document. */
export interface Page {
  readonly title: string;
  /** What stands in the document's `<main>`. */
  readonly main: Part;
  /** @default 200 */
  readonly status?: number;
  /** What belongs into the document's `<head>` for this page alone. */
  readonly head?: Part;
}

/** Where the browser is to go next; see {@link redirect}. */
export class Redirect {
  readonly to: string;
  readonly notice: string | undefined;

  constructor(to: string, notice: string | undefined) {
    this.to = to;
    this.notice = notice;
  }
}

/** HTML without a document around it; see {@link fragment}. */
export class Fragment {
  readonly content: Part;
  readonly status: number;

  constructor(content: Part, status: number) {
    this.content = content;
    this.status = status;
  }
}

/** What a handler may return. */
export type Answer = Page | Redirect | Fragment;

/**
 * Sends the browser on with 303, as after every form that did what it should. `notice` is what the next page says once.
 * @throws {TypeError} for what is no path of this site
 */
export function redirect(to: string, notice?: string): Redirect {
  if (!isOwnPath(to)) throw new TypeError(`a redirect leads to a path of this site, not to ${to}`);
  return new Redirect(to, notice);
}

/** A piece of a page, for a script that asked for it. */
export function fragment(content: Part, status = 200): Fragment {
  return new Fragment(content, status);
}
