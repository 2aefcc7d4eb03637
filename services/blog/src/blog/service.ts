import type { MongoId } from '@tsmicro/dto';
import { fromUuidBinary } from '@tsmicro/mongo';
import { ApiError, notFound } from '@tsmicro/network';
import type { IdentityClient } from '../identity/client.ts';
import type { BlogCache } from './cache.ts';
import { type InfoAuthor, type PublicBlog, toInfoAuthor, toPublicBlog } from './dto.ts';
import type { Blog, BlogChange, PublishedBlog } from './model.ts';
import type { BlogStore } from './store.ts';

/** What every reader of blogs, and every change to what they read, goes through. */
export class BlogService {
  readonly #store: BlogStore;
  readonly #cache: BlogCache;
  readonly #identity: IdentityClient;

  constructor(store: BlogStore, cache: BlogCache, identity: IdentityClient) {
    this.#store = store;
    this.#cache = cache;
    this.#identity = identity;
  }

  /** @throws {ApiError} 404 when no published blog has the id */
  getPublishedById(id: MongoId): Promise<PublicBlog> {
    const key = id.toLowerCase();
    return this.#cache.throughId(key, async () => this.#show(await this.#store.findPublishedById(key)));
  }

  /** @throws {ApiError} 404 when no published blog has the slug */
  getPublishedBySlug(slug: string): Promise<PublicBlog> {
    return this.#cache.throughSlug(slug, async () => this.#show(await this.#store.findPublishedBySlug(slug)));
  }

  /** The author of a blog, which outlives its author's account. */
  async getAuthor({ author }: Pick<Blog, 'author'>): Promise<InfoAuthor> {
    const id = fromUuidBinary(author);
    try {
      return toInfoAuthor(await this.#identity.getUser(id));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return { _id: id, name: 'unknown' };
      throw error;
    }
  }

  /**
   * Runs a change to `blog`, then takes out of the caches what readers saw of it before anybody hears that it is
   * done. A change that failed half-way, or that an earlier one made unnecessary, is treated as one that happened.
   */
  async change(blog: Blog, write: () => Promise<BlogChange | undefined>): Promise<BlogChange | undefined> {
    const slugs = [blog.slug];
    let hidden = false;
    try {
      const change = await write();
      if (change) {
        slugs.push(change.before.slug, change.after.slug);
        hidden = !change.before.published && !change.after.published;
      }
      return change;
    } finally {
      if (!hidden) await this.#cache.drop(blog._id.toHexString(), slugs);
    }
  }

  async #show(blog: PublishedBlog | undefined): Promise<PublicBlog> {
    if (blog === undefined) throw notFound('blog not found');
    return toPublicBlog(blog, await this.getAuthor(blog));
  }
}
