import { createQueryBuilder, type Mongo, ObjectId, type Page, type QueryBuilder } from '@tsmicro/mongo';
import { blogCollection, itemProjection } from '../blog/collection.ts';
import type { Blog, BlogItem } from '../blog/model.ts';

const readable = { published: true, status: true } as const;
const newestFirst = { publishedAt: -1, score: -1 } as const;

/** The lists that everybody may read; none of them loads a text. */
export class ListStore {
  readonly #blogs: QueryBuilder<Blog>;

  constructor(mongo: Mongo) {
    this.#blogs = createQueryBuilder<Blog>(mongo, blogCollection);
  }

  async listLatest(page: Page): Promise<BlogItem[]> {
    return this.#blogs.findPaginated(readable, page, { sort: newestFirst, projection: itemProjection });
  }

  async listTagged(tag: string, page: Page): Promise<BlogItem[]> {
    const filter = { tags: tag, ...readable };
    return this.#blogs.findPaginated(filter, page, { sort: newestFirst, projection: itemProjection });
  }

  /** The title of a published blog. */
  async findTitle(id: string): Promise<string | undefined> {
    const filter = { _id: new ObjectId(id), ...readable };
    return (await this.#blogs.findOne(filter, { projection: { title: 1 } }))?.title;
  }

  /** Other blogs that have any of the words in title or description, those that have most of them first. */
  async listSimilar(id: string, words: string, limit: number): Promise<BlogItem[]> {
    const similarity = { $meta: 'textScore' } as const;
    const filter = { $text: { $search: words }, ...readable, _id: { $ne: new ObjectId(id) } };
    return this.#blogs.findAll(filter, {
      projection: { ...itemProjection, similarity },
      sort: { similarity, publishedAt: -1, score: -1 },
      limit,
    });
  }
}
