import type { MongoId, Pagination } from '@tsmicro/dto';
import { notFound } from '@tsmicro/network';
import type { BlogCache } from '../blog/cache.ts';
import { type ItemBlog, toItemBlog } from '../blog/dto.ts';
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
