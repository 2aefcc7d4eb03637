import {
  createQueryBuilder,
  type Mongo,
  ObjectId,
  type Page,
  type QueryBuilder,
  toUuidBinary,
} from '@tsmicro/mongo';
import { blogCollection, itemProjection } from '../blog/collection.ts';
import type { Blog, BlogItem } from '../blog/model.ts';

const readable = { published: true, status: true } as const;
const newestFirst = { publishedAt: -1, score: -1 } as const;
const relevance = { $meta: 'textScore' } as const;
/** Of one relevance the newest come first; the id makes the order of pages certain. */
const mostRelevantFirst = { relevance, ...newestFirst, _id: -1 } as const;

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

  async listOfAuthor(authorId: string, page: Page): Promise<BlogItem[]> {
    const filter = { author: toUuidBinary(authorId), ...readable };
    return this.#blogs.findPaginated(filter, page, { sort: newestFirst, projection: itemProjection });
  }

  /** What has any of the words in title or description. */
  async search(words: string, page: Page): Promise<BlogItem[]> {
    const filter = { $text: { $search: words }, ...readable };
    const projection = { ...itemProjection, relevance };
    return this.#blogs.findPaginated(filter, page, { projection, sort: mostRelevantFirst });
  }

  /** The title of a published blog. */
  async findTitle(id: string): Promise<string | undefined> {
    const filter = { _id: new ObjectId(id), ...readable };
    return (await this.#blogs.findOne(filter, { projection: { title: 1 } }))?.title;
  }

  /** Other blogs that have any of the words in title or description, those that have most of them first. */
  async listSimilar(id: string, words: string, limit: number): Promise<BlogItem[]> {
    const filter = { $text: { $search: words }, ...readable, _id: { $ne: new ObjectId(id) } };
    const projection = { ...itemProjection, relevance };
    return this.#blogs.findAll(filter, { projection, sort: mostRelevantFirst, limit });
  }
}
