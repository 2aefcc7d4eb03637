import { ApiError } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { type Api, attempt } from '@tsmicro/web';
import { getArticle } from '../article/source.ts';
import { ItemBlogs, PrivateBlog, TagCount } from '../blog.ts';

/** An article that has but one tag. */
export interface LonelyBlog {
  readonly slug: string;
  /** Known of one that readers see. */
  readonly shown?: { readonly _id: string; readonly title: string };
}

const mostTags = 1_000;
const lonelyForm = /^blogs without another tag: (.+)$/s;
const one = (tag: string) => `/blog/editor/tags/${encodeURIComponent(tag)}`;

/** What an editor asks of the gateway. */
export class EditorClient {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Anybody's article. */
  async get(id: string): Promise<PrivateBlog> {
    return this.#api.get(`/blog/editor/id/${encodeURIComponent(id)}`, PrivateBlog);
  }

  async publish(id: string): Promise<void> {
    await this.#api.put(`/blog/editor/publish/id/${encodeURIComponent(id)}`);
  }

  async unpublish(id: string): Promise<void> {
    await this.#api.put(`/blog/editor/unpublish/id/${encodeURIComponent(id)}`);
  }

  /** In how many published articles a tag stands; undefined when it is in none, or so seldom that no list goes so far. */
  async countOf(tag: string): Promise<number | undefined> {
    const tags = await this.#api.get('/blog/tags', Type.Array(TagCount), { limit: mostTags });
    const listed = tags.find((known) => known.tag === tag)?.count;
    if (listed !== undefined || tags.length < mostTags) return listed;
    const some = await this.#api.get(`/blog/list/tag/${encodeURIComponent(tag)}`, ItemBlogs, {
      limit: mostTags,
    });
    return some.length === 0 ? undefined : some.length;
  }

  async rename(tag: string, to: string): Promise<TagCount> {
    return (await this.#api.put(one(tag), { tag: to }, TagCount)).data;
  }

  /** Takes a tag off every article; off none while some have no other, of which it gives up to ten. */
  async remove(tag: string): Promise<LonelyBlog[]> {
    try {
      await this.#api.delete(one(tag));
      return [];
    } catch (error) {
      const [, slugs] = (error instanceof ApiError && lonelyForm.exec(error.message)) || [];
      if (slugs === undefined) throw error;
      // No slug has a space in it.
      return Promise.all(slugs.split(', ').map((slug) => this.#lonely(slug)));
    }
  }

  async #lonely(slug: string): Promise<LonelyBlog> {
    const found = await attempt(() => getArticle(this.#api, slug), {});
    return 'value' in found ? { slug, shown: found.value } : { slug };
  }
}
