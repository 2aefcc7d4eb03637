import { type Html, html } from '@tsmicro/web';

/** The lists of articles on the desk. */
export type DeskList = 'submitted' | 'published';

/** The address of a page of a list. */
export function deskListPath(list: DeskList, page = 1): string {
  const query = new URLSearchParams({
    ...(list === 'submitted' ? {} : { show: list }),
    ...(page > 1 ? { page: String(page) } : {}),
  });
  return query.size === 0 ? '/desk' : `/desk?${query}`;
}

/** The parts of the desk. */
export function deskNav(current: DeskList | 'tags'): Html {
  const parts = [
    ['submitted', deskListPath('submitted'), 'Submitted'],
    ['published', deskListPath('published'), 'Published'],
    ['tags', '/desk/tags', 'Tags'],
  ] as const;
  const links = parts.map(
    ([name, path, words]) =>
      html`<li><a href="${path}"${name === current && html` aria-current="page"`}>${words}</a></li>`,
  );
  return html`<nav class="tabs" aria-label="The desk"><ul>${links}</ul></nav>`;
}
