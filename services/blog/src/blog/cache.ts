import { type Cache, createCache, type Redis } from '@tsmicro/redis';
import type { ItemBlog, PublicBlog, TagCount } from './dto.ts';

const publicBlogTtlSec = 10 * 60;
const similarTtlSec = 6 * 60 * 60;
const tagsTtlSec = 10 * 60;

/** What readers see of blogs, kept in Redis. A load that throws is not kept. */
export class BlogCache {
  readonly #blogs: Cache<PublicBlog>;
  readonly #similar: Cache<ItemBlog[]>;
  readonly #tags: Cache<TagCount[]>;

  constructor(redis: Redis) {
    this.#blogs = createCache(redis, { namespace: 'blog:public', ttlSec: publicBlogTtlSec });
    this.#similar = createCache(redis, { namespace: 'blog:similar', ttlSec: similarTtlSec });
    this.#tags = createCache(redis, { namespace: 'blog:tags', ttlSec: tagsTtlSec });
  }

  /** The blog as JSON: what most requests ask for is passed on as it was kept. */
  throughId(id: string, load: () => Promise<PublicBlog>): Promise<string> {
    return this.#blogs.throughJson(idKey(id), load);
  }

  throughSlug(slug: string, load: () => Promise<PublicBlog>): Promise<string> {
    return this.#blogs.throughJson(slugKey(slug), load);
  }

  throughSimilar(id: string, load: () => Promise<ItemBlog[]>): Promise<ItemBlog[]> {
    return this.#similar.through(id, load);
  }

  /** One part of the list of all tags, which is kept in parts of one size. */
  throughTags(part: number, load: () => Promise<TagCount[]>): Promise<TagCount[]> {
    return this.#tags.through(String(part), load);
  }

  /**
   * After this nobody reads what was kept of this blog, under any of these slugs. Every list of similar blogs goes
   * too, since any of them may show it.
   */
  async drop(id: string, slugs: Iterable<string>): Promise<void> {
    const keys = Array.from(new Set(slugs), slugKey);
    await Promise.all([this.#blogs.drop(idKey(id), ...keys), this.#similar.dropAll()]);
  }

  /** After this nobody reads what was kept of these blogs themselves. */
  async dropBlogs(blogs: readonly { id: string; slug: string }[]): Promise<void> {
    await this.#blogs.drop(...blogs.flatMap(({ id, slug }) => [idKey(id), slugKey(slug)]));
  }

  /** After this nobody reads what was kept of any blog itself. */
  async dropAllBlogs(): Promise<void> {
    await this.#blogs.dropAll();
  }

  /** After this nobody reads what was kept of tags and their counts. */
  async dropTags(): Promise<void> {
    await this.#tags.dropAll();
  }

  /** After this nobody reads anything that was kept of any blog. */
  async dropAll(): Promise<void> {
    await Promise.all([this.#blogs, this.#similar, this.#tags].map((cache) => cache.dropAll()));
  }
}

const idKey = (id: string) => `id:${id}`;
const slugKey = (slug: string) => `slug:${slug}`;
