import { html, type Page } from '@tsmicro/web';
import type { ItemBlog } from '../blog.ts';
import { tagPath } from '../layout/address.ts';
import { blogList } from '../layout/blog-list.ts';
import { emptyState } from '../layout/empty-state.ts';
import { pageHead } from '../layout/head.ts';
import { pagination } from '../layout/pagination.ts';
import type { Listed } from './listed.ts';

/** The articles with a tag. */
export function tagPage(tag: string, { items, page, more }: Listed<ItemBlog>): Page {
  const path = tagPath(tag);
  const address = (number: number) => (number === 1 ? path : `${path}?page=${number}`);
  const found = html`${blogList(items)}${pagination({ page, more, address, label: 'Articles' })}`;
  const none = emptyState(
    page === 1 ? 'No article has this tag.' : 'There are no articles this far back.',
    html`<a href="/tags">All tags</a>`,
  );
  return {
    title: page === 1 ? tag : `${tag}, page ${page}`,
    main: html`<header class="list-head"><p class="kicker"><a href="/tags">Tag</a></p><h1>${tag}</h1></header>
<div class="column">${items.length > 0 ? found : none}</div>`,
    head: pageHead({
      description: `Articles with the tag ${tag}, the newest first.`,
      canonical: address(page),
    }),
    ...(items.length === 0 ? { status: 404 } : {}),
  };
}
