import { Type } from '@tsmicro/schema';
import type { Api, ApiQuery } from '@tsmicro/web';
import { type ItemBlog, ItemBlogs, PublicBlog, PublicUser, TagCount } from '../blog.ts';
import { type Listed, readListed } from './listed.ts';

const pageSize = 12;
const tagPageSize = 100;
const topTags = 16;

/** A page of the articles at a path of the gateway. */
export function listBlogs(
  api: Api,
  path: string,
  page: number,
  query: ApiQuery = {},
): Promise<Listed<ItemBlog>> {
  return readListed(page, pageSize, (part) => api.get(path, ItemBlogs, { ...query, ...part }));
}

/** The tags that most articles have. */
export function listTopTags(api: Api): Promise<TagCount[]> {
  return api.get('/blog/tags', Type.Array(TagCount), { limit: topTags });
}

/** A page of all tags, the most used first. */
export function listTags(api: Api, page: number): Promise<Listed<TagCount>> {
  return readListed(page, tagPageSize, (part) => api.get('/blog/tags', Type.Array(TagCount), part));
}

/** An article as everybody may read it. @throws {ApiError} 404 */
export function getArticle(api: Api, slug: string): Promise<PublicBlog> {
  return api.get(`/blog/slug/${encodeURIComponent(slug)}`, PublicBlog);
}

/** Articles about what an article is about. */
export function listSimilar(api: Api, id: string): Promise<ItemBlog[]> {
  return api.get(`/blog/list/similar/id/${id}`, ItemBlogs);
}

/** Somebody as everybody may know them. @throws {ApiError} 404 */
export function getUser(api: Api, id: string): Promise<PublicUser> {
  return api.get(`/auth/profile/id/${encodeURIComponent(id)}`, PublicUser);
}
