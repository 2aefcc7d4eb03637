import { type Html, html, type Part } from '@tsmicro/web';

/** What a page says in the place of what is not there; `more` is what can be done about it. */
export function emptyState(words: Part, more?: Part): Html {
  return html`<div class="empty"><p>${words}</p>${more !== undefined && html`<p class="empty-more">${more}</p>`}</div>`;
}
