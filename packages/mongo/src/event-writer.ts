import type { EventRecord } from '@tsmicro/dependency';
import type { Document, Filter, InferIdType, OptionalUnlessRequiredId, UpdateFilter, WithId } from 'mongodb';
import { assertFilter } from './filter.ts';
import { holding, remaining, removal, withEvents, withoutOutbox } from './held-events.ts';
import type { Mongo } from './mongo.ts';

/** For whom a writer writes. */
export interface EventOwner {
  /** The instance. */
  readonly id: string;
  /** Called after each write that brought events. */
  written(): void;
}

/**
 * Changes documents of one collection together with the events that tell of it, in the one write that MongoDB makes
 * whole or not at all. The events lie in the document's field `outbox` until they are out.
 */
export class EventWriter<T extends Document> {
  readonly #mongo: Mongo;
  readonly #name: string;
  readonly #owner: EventOwner;

  /** Use {@link Outbox.writer}. */
  constructor(mongo: Mongo, collectionName: string, owner: EventOwner) {
    this.#mongo = mongo;
    this.#name = collectionName;
    this.#owner = owner;
  }

  /** The id of the new document, which is left as it was handed in. */
  async insertOne(
    document: OptionalUnlessRequiredId<T>,
    ...events: readonly EventRecord[]
  ): Promise<InferIdType<T>> {
    const copy = { ...document, ...(events.length > 0 && { outbox: holding(this.#owner.id, events) }) };
    const collection = this.#mongo.collection<T>(this.#name);
    const { insertedId } = await this.#mongo.run('insertOne', (limit) => collection.insertOne(copy, limit));
    if (events.length > 0) this.#owner.written();
    return insertedId;
  }

  /** One atomic step, told of when a document matched; the document as it is afterwards, or as it was. */
  async findOneAndUpdate(
    filter: Filter<T>,
    update: UpdateFilter<T>,
    { returnDocument = 'after' }: { returnDocument?: 'before' | 'after' },
    ...events: readonly EventRecord[]
  ): Promise<WithId<T> | undefined> {
    assertFilter(filter);
    const change = withEvents(update, this.#owner.id, events);
    const options = { returnDocument, projection: withoutOutbox };
    const collection = this.#mongo.collection<T>(this.#name);
    const found = await this.#mongo.run('findOneAndUpdate', (limit) =>
      collection.findOneAndUpdate(remaining(filter), change, { ...options, ...limit }),
    );
    if (found === null) return undefined;
    if (events.length > 0) this.#owner.written();
    return found;
  }

  /**
   * Removes one document: at once for the methods here and for those who look with {@link notRemoved}, from the collection
   * when its events are out. So long it keeps its values of unique indexes.
   * @returns the document as it was
   */
  async removeOne(
    filter: Filter<T>,
    ...events: readonly [EventRecord, ...EventRecord[]]
  ): Promise<WithId<T> | undefined> {
    return await this.findOneAndUpdate(filter, removal<T>(), { returnDocument: 'before' }, ...events);
  }
}
