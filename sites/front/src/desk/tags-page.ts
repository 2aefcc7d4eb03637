import { field, type Html, html, type Page } from '@tsmicro/web';
import type { TagCount } from '../blog.ts';
import { tagPath } from '../layout/address.ts';
import { emptyState } from '../layout/empty-state.ts';
import { pagination } from '../layout/pagination.ts';
import { deskNav } from './desk-nav.ts';

/** The page where a tag is changed. */
export const tagEditPath = (tag: string) => `/desk/tags/edit?tag=${encodeURIComponent(tag)}`;

/** "1 article", "2 articles". */
export const articles = (count: number) => `${count} ${count === 1 ? 'article' : 'articles'}`;

const row = ({ tag, count }: TagCount): Html =>
  html`<tr><th scope="row"><a href="${tagPath(tag)}">${tag}</a></th><td>${articles(count)}</td><td><a href="${tagEditPath(tag)}">Change<span class="visually-hidden"> ${tag}</span></a></td></tr>`;

/** The tags of what is published, most used first. */
export function tagsPage(tags: readonly TagCount[], page: number, more: boolean): Page {
  const table = html`<table class="tag-table"><thead><tr><th scope="col">Tag</th><th scope="col">Published</th><th scope="col"><span class="visually-hidden">What to do</span></th></tr></thead>
<tbody>${tags.map(row)}</tbody></table>`;
  const main = html`<h1>The desk</h1>
${deskNav('tags')}
<p class="muted">The tags of published articles, most used first.</p>
${tags.length === 0 ? emptyState(page > 1 ? 'The list ends before this page.' : 'No published article has a tag.') : table}
${pagination({ page, more, address: (to) => `/desk/tags?page=${to}`, words: ['More used', 'Less used'] })}
<form method="get" action="/desk/tags/edit" class="other-tag">
${field({ name: 'tag', label: 'Another tag', hint: 'One that stands in no published article, but in drafts.', required: true, maxLength: 50 })}
<div class="actions"><button class="quiet">Change it</button></div>
</form>`;
  return { title: 'The desk: tags', main };
}
