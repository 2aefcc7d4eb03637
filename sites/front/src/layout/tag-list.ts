import { type Html, html } from '@tsmicro/web';
import { tagPath } from './address.ts';

/** The tags of an article, each the way to others that have it. */
export function tagList(tags: readonly string[]): Html {
  return html`<ul class="tags" aria-label="Tags">${tags.map(
    (tag) => html`<li><a href="${tagPath(tag)}">${tag}</a></li>`,
  )}</ul>`;
}
