import type { MongoId } from '@tsmicro/dto';
import { fromUuidBinary } from '@tsmicro/mongo';
import { ApiError, JsonData, notFound } from '@tsmicro/network';
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
  async getPublishedById(id: MongoId): Promise<JsonData<PublicBlog>> {
    const key = id.toLowerCase();
    const load = async () => this.#show(await this.#store.findPublishedById(key));
    return new JsonData(await this.#cache.throughId(key, load));
  }

  /** @throws {ApiError} 404 when no published blog has the slug */
  async getPublishedBySlug(slug: string): Promise<JsonData<PublicBlog>> {
    const load = async () => this.#show(await this.#store.findPublishedBySlug(slug));
    return new JsonData(await this.#cache.throughSlug(slug, load));
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
