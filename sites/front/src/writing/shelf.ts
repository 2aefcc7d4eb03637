/** Which of one's own articles a list shows. */
export type Shelf = 'drafts' | 'submitted' | 'published';

/** The lists in the order in which an article passes through them. */
export const shelves = ['drafts', 'submitted', 'published'] as const satisfies readonly Shelf[];

/** The list that a query names; the drafts where it names none. */
export function shelfOf(query: URLSearchParams): Shelf {
  const asked = query.get('show');
  return shelves.find((shelf) => shelf === asked) ?? 'drafts';
}

/** The address of a page of a list. */
export function shelfPath(path: string, shelf: string, page = 1): string {
  const query = new URLSearchParams({ show: shelf, ...(page > 1 ? { page: String(page) } : {}) });
  return `${path}?${query}`;
}
