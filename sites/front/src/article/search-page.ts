import { type FormFaults, faultSummary, field, type Html, html, type Page } from '@tsmicro/web';
import type { ItemBlog } from '../blog.ts';
import { blogList } from '../layout/blog-list.ts';
import { emptyState } from '../layout/empty-state.ts';
import { pageHead } from '../layout/head.ts';
import { pagination } from '../layout/pagination.ts';
import type { Listed } from './listed.ts';

/** What a search came to. */
export interface SearchView {
  /** What was asked, as it was typed. */
  readonly q: string;
  /** Undefined while nothing was asked, or nothing could be. */
  readonly found?: Listed<ItemBlog>;
  readonly faults?: FormFaults;
}

const addressOf = (q: string) => (page: number) =>
  `/search?${new URLSearchParams({ q, ...(page === 1 ? {} : { page: String(page) }) })}`;

function results({ q, found, faults }: SearchView): Html | false {
  if (faults !== undefined) return false;
  if (found === undefined) {
    return emptyState(
      'A word or two is enough: articles are found by what their titles and descriptions say.',
      html`Or look through <a href="/tags">all tags</a>.`,
    );
  }
  const { items, page, more } = found;
  if (items.length === 0) {
    return emptyState(
      page === 1 ? html`Nothing says “${q}” in its title or description.` : 'There is nothing further.',
      html`Try other words, or look through <a href="/tags">all tags</a>.`,
    );
  }
  const paging = pagination({
    page,
    more,
    address: addressOf(q),
    label: 'Results',
    words: ['Better matches', 'Further matches'],
  });
  return html`<h2 class="visually-hidden">Results</h2>${blogList(items, { level: 3 })}${paging}`;
}

/** The search for articles, before and after it. */
export function searchPage(view: SearchView): Page {
  const { q, faults, found } = view;
  const main = html`<header class="list-head"><h1>Search</h1></header>
<div class="column">
${faults !== undefined && faultSummary(faults)}
<form class="search-form" action="/search" role="search" aria-label="Articles">
${field({ name: 'q', label: 'Words', type: 'search', value: q, fault: faults?.of('q'), required: true })}
<button>Search</button>
</form>
<section class="results" aria-label="Results" aria-live="polite">${results(view)}</section>
</div>`;
  return {
    title: q === '' ? 'Search' : `“${q}”`,
    main,
    head: pageHead({
      description: 'Search for articles by what they are about.',
      canonical: q === '' ? '/search' : addressOf(q)(found?.page ?? 1),
    }),
    ...(faults === undefined ? {} : { status: 400 }),
  };
}
