import { type Html, html, type Page } from '@tsmicro/web';
import type { ItemBlog, TagCount } from '../blog.ts';
import { tagPath } from '../layout/address.ts';
import { blogList } from '../layout/blog-list.ts';
import { emptyState } from '../layout/empty-state.ts';
import { pageHead } from '../layout/head.ts';
import { siteName } from '../layout/layout.ts';
import { pagination } from '../layout/pagination.ts';
import type { Beside } from './beside.ts';
import type { Listed } from './listed.ts';

const address = (page: number) => (page === 1 ? '/' : `/?page=${page}`);

function topTags(tags: Beside<readonly TagCount[]>): Html | false {
  if ('away' in tags)
    return html`<aside class="beside"><h2>Tags</h2><p class="away">${tags.away}</p></aside>`;
  if (tags.shown.length === 0) return false;
  return html`<aside class="beside" aria-labelledby="tags-heading"><h2 id="tags-heading">Tags</h2>
<ul class="tags">${tags.shown.map(({ tag }) => html`<li><a href="${tagPath(tag)}">${tag}</a></li>`)}</ul>
<p><a href="/tags">All tags</a></p></aside>`;
}

function articles(list: Listed<ItemBlog>): Html {
  const { items, page, more } = list;
  if (items.length > 0) {
    return html`${blogList(items, { lead: page === 1 })}${pagination({ page, more, address, label: 'Articles' })}`;
  }
  if (page > 1)
    return emptyState('There are no articles this far back.', html`<a href="/">To the latest</a>`);
  return emptyState(
    'Nothing has been published yet.',
    html`Authors <a href="/write">write</a>, editors publish, and then it stands here.`,
  );
}

/** The newest articles, the first of them larger, with the tags that most articles have. */
export function latestPage(list: Listed<ItemBlog>, tags: Beside<readonly TagCount[]>): Page {
  const { page, items } = list;
  const main = html`<h1 class="quiet-title">${page === 1 ? 'Latest' : `Latest, page ${page}`}</h1>
<div class="with-beside"><div>${articles(list)}</div>${topTags(tags)}</div>`;
  return {
    title: page === 1 ? siteName : `Latest, page ${page}`,
    main,
    head: pageHead({
      description: 'The newest articles, and the tags they are found by.',
      canonical: address(page),
    }),
    ...(items.length === 0 && page > 1 ? { status: 404 } : {}),
  };
}
