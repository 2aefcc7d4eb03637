import type { MongoId, Pagination, Uuid } from '@tsmicro/dto';
import { notFound } from '@tsmicro/network';
import type { BlogCache } from '../blog/cache.ts';
import { type ItemBlog, toItemBlog } from '../blog/dto.ts';
import type { SearchQuery } from './dto.ts';
import { toSearchWords } from './search-words.ts';
import type { ListStore } from './store.ts';

const maxSimilar = 6;

/** Published blogs in lists. */
export class ListService {
  readonly #store: ListStore;
  readonly #cache: BlogCache;

  constructor(store: ListStore, cache: BlogCache) {
    this.#store = store;
    this.#cache = cache;
  }

  async listLatest(page: Pagination): Promise<ItemBlog[]> {
    return (await this.#store.listLatest(page)).map(toItemBlog);
  }

  async listTagged(tag: string, page: Pagination): Promise<ItemBlog[]> {
    return (await this.#store.listTagged(tag, page)).map(toItemBlog);
  }

  async listOfAuthor(id: Uuid, page: Pagination): Promise<ItemBlog[]> {
    return (await this.#store.listOfAuthor(id, page)).map(toItemBlog);
  }

  /** What has any of the words in title or description, best first; the words are plain ones, never query syntax. */
  async search({ q, ...page }: SearchQuery): Promise<ItemBlog[]> {
    const words = toSearchWords(q);
    if (words === '') return [];
    return (await this.#store.search(words, page)).map(toItemBlog);
  }

  /** Up to six others that share words with the blog's title, best first. @throws {ApiError} 404 unless it is published */
  listSimilar(id: MongoId): Promise<ItemBlog[]> {
    const key = id.toLowerCase();
    return this.#cache.throughSimilar(key, async () => {
      const title = await this.#store.findTitle(key);
      if (title === undefined) throw notFound('blog not found');
      const words = toSearchWords(title);
      if (words === '') return [];
      return (await this.#store.listSimilar(key, words, maxSimilar)).map(toItemBlog);
    });
  }
}
