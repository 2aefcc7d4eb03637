import {
  type Collection,
  type Document,
  type Filter,
  type IndexDescription,
  type IndexDescriptionInfo,
  type InferIdType,
  MongoServerError,
  type OptionalUnlessRequiredId,
  type UpdateFilter,
  type WithId,
} from 'mongodb';
import { assertFilter } from './filter.ts';
import { planIndexes } from './index-plan.ts';
import type { Mongo } from './mongo.ts';
import {
  type FindOptions,
  type Page,
  toUpdateResult,
  type UpdateOptions,
  type UpdateResult,
} from './query.ts';

const NAMESPACE_NOT_FOUND = 26;

// Building an index reads the whole collection; it is done at start, outside of any request.
const INDEX_TIMEOUT_MS = 60_000;

/**
 * goserve's query builder on the official driver: each call is one operation within the time-outs of its
 * {@link Mongo}. A filter holds typed values only; a value from outside is checked to be a text, number or id
 * before it gets here, since an object such as `{ $ne: null }` would be taken for an operator.
 */
export class QueryBuilder<T extends Document> {
  readonly #mongo: Mongo;
  readonly #collection: Collection<T>;

  /** Use {@link createQueryBuilder}. */
  constructor(mongo: Mongo, collectionName: string) {
    this.#mongo = mongo;
    this.#collection = mongo.collection<T>(collectionName);
  }

  async findOne(filter: Filter<T>, options?: FindOptions): Promise<WithId<T> | undefined> {
    assertFilter(filter);
    return await this.#mongo.run(
      'findOne',
      async (limit) => (await this.#collection.findOne(filter, { ...options, ...limit })) ?? undefined,
    );
  }

  async findAll(filter: Filter<T>, options?: FindOptions & { limit?: number }): Promise<WithId<T>[]> {
    assertFilter(filter);
    return await this.#mongo.run('find', (limit) =>
      this.#collection.find(filter, { ...options, ...limit }).toArray(),
    );
  }

  async findPaginated(filter: Filter<T>, { page, limit }: Page, options?: FindOptions): Promise<WithId<T>[]> {
    assertFilter(filter);
    const part = { skip: (page - 1) * limit, limit };
    return await this.#mongo.run('find', (time) =>
      this.#collection.find(filter, { ...options, ...part, ...time }).toArray(),
    );
  }

  /** The id of the new document, which is left as it was handed in. */
  async insertOne(document: OptionalUnlessRequiredId<T>): Promise<InferIdType<T>> {
    const copy = { ...document };
    return await this.#mongo.run(
      'insertOne',
      async (limit) => (await this.#collection.insertOne(copy, limit)).insertedId,
    );
  }

  /** The new document as the database holds it. */
  async insertAndRetrieveOne(document: OptionalUnlessRequiredId<T>): Promise<WithId<T>> {
    const [stored] = await this.#retrieve([await this.insertOne(document)]);
    if (stored === undefined) throw new Error('a document was removed as soon as it was inserted');
    return stored;
  }

  /** The ids of the new documents in their order; after the first that fails none is inserted. */
  async insertMany(documents: readonly OptionalUnlessRequiredId<T>[]): Promise<InferIdType<T>[]> {
    const copies = documents.map((document) => ({ ...document }));
    const result = await this.#mongo.run('insertMany', (limit) => this.#collection.insertMany(copies, limit));
    return Object.values(result.insertedIds);
  }

  /** The new documents in their order, as the database holds them. */
  async insertAndRetrieveMany(documents: readonly OptionalUnlessRequiredId<T>[]): Promise<WithId<T>[]> {
    return await this.#retrieve(await this.insertMany(documents));
  }

  async updateOne(
    filter: Filter<T>,
    update: UpdateFilter<T>,
    options?: UpdateOptions,
  ): Promise<UpdateResult> {
    assertFilter(filter);
    return await this.#mongo.run('updateOne', async (limit) =>
      toUpdateResult(await this.#collection.updateOne(filter, update, { ...options, ...limit })),
    );
  }

  /** A pipeline as update computes each document's new values from its own. */
  async updateMany(
    filter: Filter<T>,
    update: UpdateFilter<T> | Document[],
    options?: UpdateOptions,
  ): Promise<UpdateResult> {
    assertFilter(filter);
    return await this.#mongo.run('updateMany', async (limit) =>
      toUpdateResult(await this.#collection.updateMany(filter, update, { ...options, ...limit })),
    );
  }

  /** One atomic step; the document as it is afterwards, or as it was with `returnDocument: 'before'`. */
  async findOneAndUpdate(
    filter: Filter<T>,
    update: UpdateFilter<T>,
    options?: FindOptions & UpdateOptions & { returnDocument?: 'before' | 'after' },
  ): Promise<WithId<T> | undefined> {
    assertFilter(filter);
    return await this.#mongo.run('findOneAndUpdate', async (limit) => {
      const all = { returnDocument: 'after' as const, ...options, ...limit };
      return (await this.#collection.findOneAndUpdate(filter, update, all)) ?? undefined;
    });
  }

  /** How many were removed: 0 or 1. */
  async deleteOne(filter: Filter<T>): Promise<number> {
    assertFilter(filter);
    return await this.#mongo.run(
      'deleteOne',
      async (limit) => (await this.#collection.deleteOne(filter, limit)).deletedCount,
    );
  }

  /** How many were removed. */
  async deleteMany(filter: Filter<T>): Promise<number> {
    assertFilter(filter);
    return await this.#mongo.run(
      'deleteMany',
      async (limit) => (await this.#collection.deleteMany(filter, limit)).deletedCount,
    );
  }

  async countDocuments(filter: Filter<T>): Promise<number> {
    assertFilter(filter);
    return await this.#mongo.run('countDocuments', (limit) => this.#collection.countDocuments(filter, limit));
  }

  async aggregate<R extends Document>(pipeline: readonly Document[]): Promise<R[]> {
    return await this.#mongo.run('aggregate', (limit) =>
      this.#collection.aggregate<R>([...pipeline], limit).toArray(),
    );
  }

  /**
   * Builds the indexes that are not there yet, within a minute; the names of all of them. One with the same keys counts as
   * there, also under another name or with other weights of texts.
   */
  async createIndexes(indexes: readonly IndexDescription[]): Promise<string[]> {
    return await this.#mongo.runWithin(INDEX_TIMEOUT_MS, 'createIndexes', async () => {
      const { missing, names } = planIndexes(indexes, await this.#listIndexes());
      if (missing.length > 0) await this.#collection.createIndexes(missing);
      return names;
    });
  }

  /** None where there is no collection yet. */
  async #listIndexes(): Promise<IndexDescriptionInfo[]> {
    try {
      return await this.#collection.listIndexes().toArray();
    } catch (error) {
      if (error instanceof MongoServerError && error.code === NAMESPACE_NOT_FOUND) return [];
      throw error;
    }
  }

  async #retrieve(ids: readonly InferIdType<T>[]): Promise<WithId<T>[]> {
    const filter = { _id: { $in: ids } } as Filter<T>;
    const found = new Map((await this.findAll(filter)).map((document) => [String(document._id), document]));
    return ids.flatMap((id) => found.get(String(id)) ?? []);
  }
}

/** The query builder of one collection, whose documents are `T`. */
export function createQueryBuilder<T extends Document>(
  mongo: Mongo,
  collectionName: string,
): QueryBuilder<T> {
  return new QueryBuilder<T>(mongo, collectionName);
}
