import {
  createQueryBuilder,
  type Document,
  type Mongo,
  ObjectId,
  type QueryBuilder,
  toUuidBinary,
} from '@tsmicro/mongo';
import { blogCollection } from '../blog/collection.ts';
import type { Blog } from '../blog/model.ts';

const readable = { published: true, status: true } as const;
const batchSize = 500;
// Who waits is told first that it took too long; then nobody reads on.
const graceMs = 200;

/** A tag, and how many published blogs have it. */
interface CountedTag {
  tag: string;
  count: number;
}

/**
 * Tags in MongoDB: they stand in the blogs and nowhere else. Each blog is changed in one atomic step that demands what
 * it needs of the blog, so that no author's change of the same moment is lost. Nobody looks at deleted blogs.
 */
export class TagStore {
  readonly #mongo: Mongo;
  readonly #blogs: QueryBuilder<Blog>;

  constructor(mongo: Mongo) {
    this.#mongo = mongo;
    this.#blogs = createQueryBuilder<Blog>(mongo, blogCollection);
  }

  /**
   * The tags of published blogs, most used first; a blog that has a tag twice counts once. The blogs are read in small
   * parts, since no index covers a list of values, and a database that counts them all at once does nothing else then.
   */
  async listCounts(): Promise<CountedTag[]> {
    const counts = new Map<string, number>();
    await this.#mongo.run('find', async (limit) => {
      const signal = AbortSignal.timeout(limit.maxTimeMS + graceMs);
      const options = { projection: { _id: 0, tags: 1 }, batchSize, signal, ...limit };
      for await (const { tags } of this.#mongo.collection<Blog>(blogCollection).find(readable, options)) {
        for (const tag of new Set(tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
      }
    });
    const list = Array.from(counts, ([tag, count]) => ({ tag, count }));
    return list.sort((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1));
  }

  /** How many published blogs have the tag. */
  async count(tag: string): Promise<number> {
    return this.#blogs.countDocuments({ tags: tag, ...readable });
  }

  /** Whether any blog has one of the tags. */
  async hasAny(...tags: string[]): Promise<boolean> {
    const filter = { tags: { $in: tags }, status: true };
    return (await this.#blogs.findOne(filter, { projection: { _id: 1 } })) !== undefined;
  }

  /** The ids of up to `limit` blogs with the tag, in their order, from the one after `after`. */
  async listIds(tag: string, after: ObjectId, limit: number): Promise<ObjectId[]> {
    const filter = { tags: tag, _id: { $gt: after }, status: true };
    const options = { projection: { _id: 1 }, sort: { _id: 1 }, limit } as const;
    return (await this.#blogs.findAll(filter, options)).map(({ _id }) => _id);
  }

  /** The slugs of up to `limit` blogs that have no other tag. */
  async listSlugsWithoutOther(tag: string, limit: number): Promise<string[]> {
    const filter = { tags: { $eq: tag, $not: { $elemMatch: { $ne: tag } } }, status: true };
    const options = { projection: { slug: 1 }, sort: { _id: 1 }, limit } as const;
    return (await this.#blogs.findAll(filter, options)).map(({ slug }) => slug);
  }

  /** Puts one tag in the other's place; a blog that then had it twice keeps the first. */
  async rename(ids: readonly ObjectId[], from: string, to: string, editorId: string): Promise<void> {
    const filter = { _id: { $in: ids }, tags: from, status: true };
    await this.#blogs.updateMany(filter, [{ $set: { tags: renamed(from, to), ...changedBy(editorId) } }]);
  }

  /** Takes the tag off those that have another. */
  async remove(ids: readonly ObjectId[], tag: string, editorId: string): Promise<void> {
    const filter = { _id: { $in: ids }, tags: { $eq: tag, $elemMatch: { $ne: tag } }, status: true };
    await this.#blogs.updateMany(filter, { $pull: { tags: tag }, $set: changedBy(editorId) });
  }
}

/** Comes before every id. */
export const firstId = new ObjectId('000000000000000000000000');

function changedBy(editorId: string) {
  return { updatedBy: toUuidBinary(editorId), updatedAt: new Date() };
}

/** The tags in their order, one renamed, none twice. A tag may begin with `$`: literal, it is no field's name. */
function renamed(from: string, to: string): Document {
  const next = { $cond: [{ $eq: ['$$this', { $literal: from }] }, { $literal: to }, '$$this'] };
  const added = { $concatArrays: ['$$value', ['$$next']] };
  const kept = { $cond: [{ $in: ['$$next', '$$value'] }, '$$value', added] };
  return { $reduce: { input: '$tags', initialValue: [], in: { $let: { vars: { next }, in: kept } } } };
}
