import { html, type Page } from '@tsmicro/web';
import type { ItemBlog, PublicUser } from '../blog.ts';
import { authorPath } from '../layout/address.ts';
import { blogList } from '../layout/blog-list.ts';
import { portrait } from '../layout/byline.ts';
import { emptyState } from '../layout/empty-state.ts';
import { pageHead } from '../layout/head.ts';
import { pagination } from '../layout/pagination.ts';
import type { Beside } from './beside.ts';
import type { Listed } from './listed.ts';

/** Somebody, and what they have published. */
export function authorPage(author: PublicUser, articles: Beside<Listed<ItemBlog>>, page: number): Page {
  const { id, name } = author;
  const path = authorPath(id);
  const address = (number: number) => (number === 1 ? path : `${path}?page=${number}`);
  const list = () => {
    if ('away' in articles) return html`<p class="away">${articles.away}</p>`;
    const { items, more } = articles.shown;
    if (items.length > 0)
      return html`${blogList(items)}${pagination({ page, more, address, label: 'Articles' })}`;
    if (page > 1)
      return emptyState('There are no articles this far back.', html`<a href="${path}">To the newest</a>`);
    return emptyState(
      `${name} has not published anything yet.`,
      html`<a href="/">To the latest articles</a>`,
    );
  };
  return {
    title: page === 1 ? name : `${name}, page ${page}`,
    main: html`<header class="list-head author-head">${portrait(author, 96)}<div><p class="kicker">Author</p><h1>${name}</h1></div></header>
<div class="column">${list()}</div>`,
    head: pageHead({ description: `Articles by ${name}.`, canonical: address(page), type: 'profile' }),
    ...('shown' in articles && articles.shown.items.length === 0 && page > 1 ? { status: 404 } : {}),
  };
}
