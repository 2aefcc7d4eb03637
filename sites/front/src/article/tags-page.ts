import { html, type Page } from '@tsmicro/web';
import type { TagCount } from '../blog.ts';
import { tagPath } from '../layout/address.ts';
import { emptyState } from '../layout/empty-state.ts';
import { pageHead } from '../layout/head.ts';
import { pagination } from '../layout/pagination.ts';
import type { Listed } from './listed.ts';

const address = (page: number) => (page === 1 ? '/tags' : `/tags?page=${page}`);

const countOf = (count: number) => (count === 1 ? '1 article' : `${count} articles`);

/** All tags, with how many articles each has. */
export function tagsPage({ items, page, more }: Listed<TagCount>): Page {
  const list = html`<ul class="tag-index">${items.map(
    ({ tag, count }) => html`<li><a href="${tagPath(tag)}">${tag}</a> <span>${countOf(count)}</span></li>`,
  )}</ul>${pagination({ page, more, address, label: 'Tags', words: ['More used', 'Less used'] })}`;
  const none =
    page === 1
      ? emptyState(
          'There are no tags yet: they come with the first article.',
          html`<a href="/">To the latest</a>`,
        )
      : emptyState('There are no tags this far down.', html`<a href="/tags">All tags</a>`);
  return {
    title: page === 1 ? 'Tags' : `Tags, page ${page}`,
    main: html`<header class="list-head"><h1>Tags</h1></header>
<div class="column">${items.length > 0 ? list : none}</div>`,
    head: pageHead({ description: 'All tags that articles are found by.', canonical: address(page) }),
    ...(items.length === 0 && page > 1 ? { status: 404 } : {}),
  };
}
