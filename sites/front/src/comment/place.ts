import { articlePath } from '../layout/address.ts';
import { pageOf } from '../layout/pagination.ts';

/** The most comments whose replies are shown at once. */
const mostOpen = 8;
const openForm = /^([0-9a-f]{24})(?:\.([1-9]\d?))?$/;
const articleForm = /^\/read\/([^/]+)$/;

/** Which part of the comments on an article somebody looks at. */
export interface Place {
  readonly slug: string;
  /** Of the comments, counted from 1. */
  readonly page: number;
  /** The comments whose replies are shown, and how many portions of them. */
  readonly open: ReadonlyMap<string, number>;
}

function toOpen(pairs: Iterable<readonly [string, number]>): ReadonlyMap<string, number> {
  return new Map([...new Map(pairs)].slice(-mostOpen));
}

/** The place that the query of an article's address names. */
export function placeOf(slug: string, query: URLSearchParams): Place {
  const open = query.getAll('replies').flatMap((text): [string, number][] => {
    const [, id, portions = '1'] = openForm.exec(text) ?? [];
    return id === undefined ? [] : [[id, Number(portions)]];
  });
  return { slug, page: pageOf(query, 'comments'), open: toOpen(open) };
}

/** The place whose address is given; undefined for what is no article's address. */
export function placeFrom(address: string): Place | undefined {
  const url = URL.parse(address, 'http://front.invalid');
  const [, slug] = articleForm.exec(url?.pathname ?? '') ?? [];
  if (url === null || slug === undefined) return undefined;
  try {
    return placeOf(decodeURIComponent(slug), url.searchParams);
  } catch {
    return undefined;
  }
}

/** The address of a place; `at` is the element to be looked at. */
export function placeAddress({ slug, page, open }: Place, at?: string): string {
  const query = new URLSearchParams();
  if (page > 1) query.set('comments', String(page));
  for (const [id, portions] of open) query.append('replies', portions === 1 ? id : `${id}.${portions}`);
  return `${articlePath(slug)}${query.size === 0 ? '' : `?${query}`}${at === undefined ? '' : `#${at}`}`;
}

/** The same place with so many portions of the replies to a comment shown; with 0, none. */
export function withReplies(place: Place, id: string, portions: number): Place {
  const others = [...place.open].filter(([one]) => one !== id);
  return { ...place, open: toOpen(portions === 0 ? others : [...others, [id, portions]]) };
}

/** The id of a comment's element. */
export const commentAnchor = (id: string) => `comment-${id}`;
