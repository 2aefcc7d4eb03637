import { Pagination, text } from '@tsmicro/dto';
import { Type } from '@tsmicro/schema';

/** The query of a search: words, and which part of what has them. */
export const SearchQuery = Type.Object({ q: text(1, 200), ...Pagination.properties });
export type SearchQuery = Type.Static<typeof SearchQuery>;
