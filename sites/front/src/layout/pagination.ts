import { type Html, html } from '@tsmicro/web';

/** The most pages that the gateway counts. */
const lastPage = 1_000;

/** Which page a query asks for: 1 where it says nothing that could be one. */
export function pageOf(query: URLSearchParams, name = 'page'): number {
  const text = query.get(name) ?? '';
  const page = /^\d{1,4}$/.test(text) ? Number(text) : 1;
  return page >= 1 && page <= lastPage ? page : 1;
}

/** One page of a list. */
export interface Paging {
  /** Counted from 1. */
  readonly page: number;
  /** Whether there is another page behind this one. */
  readonly more: boolean;
  /** The address of the page with a number. */
  readonly address: (page: number) => string;
  /** What is in pages. @default "Pages" */
  readonly label?: string;
  /** What the ways on are called. @default "Newer" and "Older" */
  readonly words?: readonly [back: string, on: string];
}

/** The ways to the page before and the page behind; nothing where there is but one. */
export function pagination({ page, more, address, label = 'Pages', words }: Paging): Html {
  const [back, on] = words ?? ['Newer', 'Older'];
  const further = more && page < lastPage;
  if (page === 1 && !further) return html``;
  return html`<nav class="pagination" aria-label="${label}">
${page > 1 ? html`<a rel="prev" href="${address(page - 1)}"><span aria-hidden="true">← </span>${back}</a>` : html`<span></span>`}
<span class="pagination-page">Page ${page}</span>
${further ? html`<a rel="next" href="${address(page + 1)}">${on}<span aria-hidden="true"> →</span></a>` : html`<span></span>`}
</nav>`;
}
