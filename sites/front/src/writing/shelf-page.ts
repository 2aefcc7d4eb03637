import { type Html, html, type Page } from '@tsmicro/web';
import type { ItemBlog } from '../blog.ts';
import { articlePath } from '../layout/address.ts';
import { emptyState } from '../layout/empty-state.ts';
import { pagination } from '../layout/pagination.ts';
import { stateBadge } from '../state/badge.ts';
import type { State } from '../state/state.ts';
import { type Shelf, shelfPath, shelves } from './shelf.ts';

/** A page of one of the lists. */
export interface ShelfView {
  readonly shelf: Shelf;
  readonly page: number;
  readonly more: boolean;
  readonly blogs: readonly ItemBlog[];
  /** The ids of those that are submitted, and of those that are published, as far as the list does not say so. */
  readonly submitted: ReadonlySet<string>;
  readonly published: ReadonlySet<string>;
}

const names: Readonly<Record<Shelf, string>> = {
  drafts: 'Drafts',
  submitted: 'Submitted',
  published: 'Published',
};

const meanings: Readonly<Record<Shelf, string>> = {
  drafts: 'What readers do not see yet, the last changed first. Submit a draft, and an editor decides.',
  submitted: 'What waits for an editor. A change takes a submission back.',
  published: 'What readers see. A new text stays a draft until an editor publishes it.',
};

const empty: Readonly<Record<Shelf, string>> = {
  drafts: 'You have no drafts.',
  submitted: 'Nothing of yours waits for an editor.',
  published: 'Nothing of yours is published yet.',
};

function badges(id: string, { shelf, submitted, published }: ShelfView): Html[] {
  const shown: Pick<State, 'word' | 'badge'>[] = [];
  if (shelf === 'published' || published.has(id)) shown.push({ word: 'Published', badge: 'live' });
  if (shelf === 'submitted' || submitted.has(id)) shown.push({ word: 'Submitted', badge: 'waiting' });
  if (shown.length === 0) shown.push({ word: 'Draft', badge: 'draft' });
  return shown.map(stateBadge);
}

function entry(blog: ItemBlog, view: ShelfView): Html {
  const { _id, title, description, slug } = blog;
  const read = view.shelf === 'published' || view.published.has(_id);
  return html`<li class="piece"><div>
<h2><a href="/write/${_id}">${title}</a></h2>
<p class="muted">${description}</p>
</div>
<p class="piece-state">${badges(_id, view)}${read && html`<a href="${articlePath(slug)}">Read it<span class="visually-hidden">: ${title}</span></a>`}</p></li>`;
}

/** One's own articles. */
export function shelfPage(view: ShelfView): Page {
  const { shelf, page, more, blogs } = view;
  const tabs = shelves.map(
    (name) =>
      html`<li><a href="${shelfPath('/write', name)}"${name === shelf && html` aria-current="page"`}>${names[name]}</a></li>`,
  );
  const main = html`<div class="heading-row"><h1>Your articles</h1><a class="button" href="/write/new">New article</a></div>
<nav class="tabs" aria-label="Your articles"><ul>${tabs}</ul></nav>
<p class="muted">${meanings[shelf]}</p>
${blogs.length === 0 ? emptyState(page > 1 ? 'The list ends before this page.' : empty[shelf]) : html`<ul class="pieces">${blogs.map((blog) => entry(blog, view))}</ul>`}
${pagination({ page, more, address: (to) => shelfPath('/write', shelf, to) })}`;
  return { title: `Your articles: ${names[shelf].toLowerCase()}`, main };
}
