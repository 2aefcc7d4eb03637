import { Type } from '@tsmicro/schema';

/** The query of a list: `page` counts from 1 (default 1), `limit` is the size of a page (default 10); both at most 1000. */
export const Pagination = Type.Object({
  page: Type.Integer({ minimum: 1, maximum: 1_000, default: 1 }),
  limit: Type.Integer({ minimum: 1, maximum: 1_000, default: 10 }),
});
export type Pagination = Type.Static<typeof Pagination>;
