import type { User } from '@tsmicro/contracts-auth';
import type { Pagination } from '@tsmicro/dto';
import type { ObjectId } from '@tsmicro/mongo';
import { badRequest, notFound } from '@tsmicro/network';
import type { BlogCache } from '../blog/cache.ts';
import type { TagCount } from '../blog/dto.ts';
import { firstId, type TagStore } from './store.ts';

const partSize = 1_000;
const batchSize = 100;
const maxNamed = 10;

/**
 * The tags of all blogs. Changes go from blog to blog in batches; one that ended half-way is completed by repeating it.
 * What an author saves in the meantime counts as saved after the change, with the tags that the author gave it.
 */
export class TagService {
  readonly #store: TagStore;
  readonly #cache: BlogCache;

  constructor(store: TagStore, cache: BlogCache) {
    this.#store = store;
    this.#cache = cache;
  }

  /** The tags of published blogs, most used first. */
  async list({ page, limit }: Pagination): Promise<TagCount[]> {
    const from = (page - 1) * limit;
    const first = Math.floor(from / partSize);
    const last = Math.floor((from + limit - 1) / partSize);
    // Where there are few tags, pages behind them cost nobody a count of all blogs.
    if (first > 0 && (await this.#part(0)).length < partSize) return [];
    const head = await this.#part(first);
    const tail = last > first && head.length === partSize ? await this.#part(last) : [];
    const start = from - first * partSize;
    return [...head, ...tail].slice(start, start + limit);
  }

  /** Renames a tag in every blog, merging it with one that exists. @throws {ApiError} 404 when no blog has either */
  rename(from: string, to: string, editor: User): Promise<TagCount> {
    return this.#dropping(async () => {
      if (!(await this.#store.hasAny(from, to))) throw notFound('tag not found');
      if (from !== to) await this.#inBatches(from, (ids) => this.#store.rename(ids, from, to, editor.id));
      return { tag: to, count: await this.#store.count(to) };
    });
  }

  /**
   * Takes a tag off every blog, or off none when one would be left without tags: it names up to ten of those. No blog
   * is ever left without: who loses the last other tag at the same moment keeps this one.
   * @throws {ApiError} 404; 400
   */
  remove(tag: string, editor: User): Promise<void> {
    return this.#dropping(async () => {
      const slugs = await this.#store.listSlugsWithoutOther(tag, maxNamed);
      if (slugs.length > 0) throw badRequest(`blogs without another tag: ${slugs.join(', ')}`);
      if (!(await this.#store.hasAny(tag))) throw notFound('tag not found');
      await this.#inBatches(tag, (ids) => this.#store.remove(ids, tag, editor.id));
    });
  }

  #part(part: number): Promise<TagCount[]> {
    const load = async () => (await this.#store.listCounts()).slice(part * partSize, (part + 1) * partSize);
    return this.#cache.throughTags(part, load);
  }

  /** Once through the blogs in the order of their ids: two editors who undo each other's change both come to an end. */
  async #inBatches(tag: string, write: (ids: readonly ObjectId[]) => Promise<void>): Promise<void> {
    let after: ObjectId | undefined = firstId;
    while (after !== undefined) {
      const ids: ObjectId[] = await this.#store.listIds(tag, after, batchSize);
      if (ids.length > 0) await write(ids);
      after = ids.length < batchSize ? undefined : ids.at(-1);
    }
  }

  /** What readers saw is gone before anybody hears of the end, also what a change that never answered left. */
  async #dropping<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      await this.#cache.dropAll();
    }
  }
}
