export { MongoId, MongoIdParam, Uuid, UuidParam } from './id.ts';
export { Pagination } from './pagination.ts';
export { Slug, SlugParam } from './slug.ts';
export { Email, HttpUrl, text } from './text.ts';
