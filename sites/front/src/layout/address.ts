// Where things stand on this site. Tags and slugs are whatever their authors wrote, so each is encoded here.

/** The page of an article. */
export const articlePath = (slug: string) => `/read/${encodeURIComponent(slug)}`;

/** The page of an author. */
export const authorPath = (id: string) => `/author/${encodeURIComponent(id)}`;

/** The articles with a tag. */
export const tagPath = (tag: string) => `/tag/${encodeURIComponent(tag)}`;
