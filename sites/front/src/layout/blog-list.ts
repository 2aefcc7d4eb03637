import { type Html, html } from '@tsmicro/web';
import type { ItemBlog } from '../blog.ts';
import { articlePath } from './address.ts';
import { picture } from './picture.ts';
import { tagList } from './tag-list.ts';

/** How articles are listed. */
export interface BlogListOptions {
  /** Of the articles' titles; one below that of what they stand under. @default 2 */
  readonly level?: 2 | 3;
  /** Whether the first is shown larger. @default false */
  readonly lead?: boolean;
}

function title({ slug, title: words }: ItemBlog, level: 2 | 3): Html {
  const link = html`<a class="teaser-title" href="${articlePath(slug)}">${words}</a>`;
  return level === 2 ? html`<h2>${link}</h2>` : html`<h3>${link}</h3>`;
}

function item(blog: ItemBlog, level: 2 | 3, lead: boolean): Html {
  const shown = picture(blog, { eager: lead });
  return html`<li class="teaser${lead && ' teaser-lead'}${shown === undefined && ' teaser-plain'}">
<div class="teaser-words">${title(blog, level)}<p>${blog.description}</p>${tagList(blog.tags.slice(0, 4))}</div>${shown}
</li>`;
}

/** Articles one below the other. */
export function blogList(
  blogs: readonly ItemBlog[],
  { level = 2, lead = false }: BlogListOptions = {},
): Html {
  return html`<ul class="teasers">${blogs.map((blog, i) => item(blog, level, lead && i === 0))}</ul>`;
}
