import type { MongoId } from '@tsmicro/dto';
import { fromUuidBinary } from '@tsmicro/mongo';
import { JsonData, notFound } from '@tsmicro/network';
import type { Profile } from '../profile/model.ts';
import type { ProfileService } from '../profile/service.ts';
import type { BlogCache } from './cache.ts';
import { type InfoAuthor, type PublicBlog, toInfoAuthor, toPublicBlog } from './dto.ts';
import type { Blog, BlogChange, PublishedBlog } from './model.ts';
import type { BlogStore } from './store.ts';

/** Of an author with more blogs than this those of all others are dropped too. */
const mostDropped = 500;

/** What every reader of blogs, and every change to what they read, goes through. */
export class BlogService {
  readonly #store: BlogStore;
  readonly #cache: BlogCache;
  readonly #profiles: ProfileService;

  constructor(store: BlogStore, cache: BlogCache, profiles: ProfileService) {
    this.#store = store;
    this.#cache = cache;
    this.#profiles = profiles;
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
    return this.#getAuthor(fromUuidBinary(author));
  }

  /** Takes over how a user is called; what shows the old name is read no more. */
  async rename(user: Profile, toldAt: Date): Promise<void> {
    await this.#profiles.learn(user, toldAt);
    const shown = await this.#store.listKeysOf(user.id, mostDropped + 1);
    if (shown.length > mostDropped) await this.#cache.dropAllBlogs();
    else await this.#cache.dropBlogs(shown.map(({ _id, slug }) => ({ id: _id.toHexString(), slug })));
  }

  /**
   * Runs a change to `blog`, then takes out of the caches what readers saw of it before anybody hears that it is
   * done. A change that failed half-way, or that an earlier one made unnecessary, is treated as one that happened.
   */
  async change(blog: Blog, write: () => Promise<BlogChange | undefined>): Promise<BlogChange | undefined> {
    const slugs = [blog.slug];
    let hidden = false;
    let sameTags = false;
    try {
      const change = await write();
      if (change) {
        slugs.push(change.before.slug, change.after.slug);
        hidden = !change.before.published && !change.after.published;
        sameTags = shownTags(change.before) === shownTags(change.after);
      }
      return change;
    } finally {
      const drops = hidden ? [] : [this.#cache.drop(blog._id.toHexString(), slugs)];
      // Tags are counted over all blogs: not anew for every change of a title.
      if (!sameTags) drops.push(this.#cache.dropTags());
      await Promise.all(drops);
    }
  }

  async #show(blog: PublishedBlog | undefined): Promise<PublicBlog> {
    if (blog === undefined) throw notFound('blog not found');
    const id = fromUuidBinary(blog.author);
    const [known] = blog.profiles;
    return toPublicBlog(blog, known ? toInfoAuthor({ ...known, id }) : await this.#getAuthor(id));
  }

  async #getAuthor(id: string): Promise<InfoAuthor> {
    const profile = (await this.#profiles.find([id])).get(id);
    return toInfoAuthor(profile ?? { id, name: 'unknown' });
  }
}

/** What readers see of a blog's tags, as one text. */
const shownTags = ({ published, status, tags }: Blog) => (published && status ? tags.join('\0') : '');
