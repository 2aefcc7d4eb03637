import { type Html, html } from '@tsmicro/web';
import { linkTo } from './view.ts';

/** How many entries a page of a list has. */
export const pageSize = 20;

/** The page that a query asks for, from 1. */
export function pageOf(query: URLSearchParams): number {
  const page = Number(query.get('page') ?? '1');
  return Number.isInteger(page) && page >= 1 && page <= 1_000 ? page : 1;
}

/** Which part of a list is shown. */
export interface ListPart {
  readonly path: string;
  readonly page: number;
  /** How many entries this page has; a full one may have another behind it. */
  readonly length: number;
  /** What else the query holds. */
  readonly query?: Readonly<Record<string, string>>;
}

/** Leads to the pages of a list before and behind. */
export function pager({ path, page, length, query = {} }: ListPart): Html | false {
  const to = (other: number) => linkTo(path, { ...query, page: other === 1 ? '' : String(other) });
  const isLast = length < pageSize;
  if (page === 1 && isLast) return false;
  return html`<nav class="pagination" aria-label="Pages">${page > 1 ? html`<a href="${to(page - 1)}" rel="prev">Newer</a>` : html`<span></span>`}<span>Page ${page}</span>${isLast ? html`<span></span>` : html`<a href="${to(page + 1)}" rel="next">Older</a>`}</nav>`;
}
