import { type Html, html, type Page } from '@tsmicro/web';
import type { ItemBlog } from '../blog.ts';
import { emptyState } from '../layout/empty-state.ts';
import { pagination } from '../layout/pagination.ts';
import { type DeskList, deskListPath, deskNav } from './desk-nav.ts';

/** A page of what editors have before them. */
export interface QueueView {
  readonly list: DeskList;
  readonly page: number;
  readonly more: boolean;
  readonly blogs: readonly ItemBlog[];
}

const words = {
  submitted: {
    title: 'Submitted',
    meaning: 'What authors handed in, the last first. Look at what is new in it, then publish it.',
    empty: 'Nothing waits for an editor.',
  },
  published: {
    title: 'Published',
    meaning: 'What readers see, the newest first.',
    empty: 'Nothing is published yet.',
  },
} as const;

const entry = ({ _id, title, description, tags }: ItemBlog): Html => html`<li class="piece"><div>
<h2><a href="/desk/${_id}">${title}</a></h2>
<p class="muted">${description}</p>
<p class="muted piece-tags">${tags.join(', ')}</p>
</div></li>`;

/** What waits for an editor, or what is published. */
export function queuePage({ list, page, more, blogs }: QueueView): Page {
  const { title, meaning, empty } = words[list];
  const main = html`<h1>The desk</h1>
${deskNav(list)}
<p class="muted">${meaning}</p>
${blogs.length === 0 ? emptyState(page > 1 ? 'The list ends before this page.' : empty) : html`<ul class="pieces">${blogs.map(entry)}</ul>`}
${pagination({ page, more, address: (to) => deskListPath(list, to) })}`;
  return { title: `The desk: ${title.toLowerCase()}`, main };
}
