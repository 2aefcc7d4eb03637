import { randomUUID } from 'node:crypto';
import type { EventBacklog, EventOutbox, EventRecord } from '@tsmicro/dependency';
import type { AnyBulkWriteOperation, Collection, Document, ObjectId } from 'mongodb';
import { type EventOwner, EventWriter } from './event-writer.ts';
import { type Holder, holdingOnly, withoutEvents } from './held-events.ts';
import type { Mongo } from './mongo.ts';

// What another instance wrote is left to its relay for so long: NATS knows a repetition, but both would have the work.
const OWNER_FIRST_MS = 1000;

// Counting is reading: beyond this a backlog is just long.
const COUNTED_MOST = 10_000;

const INDEX_TIMEOUT_MS = 60_000;

const oldestFirst = { 'outbox.since': 1 } as const;
/** In these words an index that leaves out the documents without events serves the query. */
const anyEvents = { 'outbox.since': { $gt: new Date(0) } };

/** Where an event was found. */
interface Place {
  readonly collection: Collection<Holder>;
  readonly id: ObjectId;
  readonly removed: boolean;
}

/** The events of one document, and where they lie. */
interface Found {
  readonly place: Place;
  readonly since: Date;
  readonly events: readonly EventRecord[];
}

/** Events of one place that are out. */
interface Told {
  readonly place: Place;
  readonly ids: readonly string[];
}

/**
 * The events that wait in the documents of some collections, each in the document whose change it tells of: the entity
 * is the document, and the order that of its writes. A single server without transactions is enough. Any number of
 * instances may publish from it side by side: what a relay sees of a document has no gap before it, so whichever is
 * faster, the first of each event come in their order, and the rest are repetitions.
 */
export class Outbox implements EventOutbox {
  readonly #mongo: Mongo;
  readonly #names: readonly string[];
  readonly #places = new WeakMap<EventRecord, Place>();
  readonly #owner: EventOwner;
  #notify: () => void = () => undefined;

  /** Use {@link createOutbox}. */
  constructor(mongo: Mongo, collectionNames: readonly string[]) {
    this.#mongo = mongo;
    this.#names = collectionNames;
    this.#owner = { id: randomUUID(), written: () => this.#notify() };
  }

  /** Builds the indexes that find the events, where they are not there yet; a minute for each. */
  async createIndexes(): Promise<void> {
    for (const name of this.#names) {
      await this.#mongo.runWithin(INDEX_TIMEOUT_MS, 'createIndexes', () =>
        this.#mongo.collection(name).createIndex(oldestFirst, { sparse: true }),
      );
    }
  }

  /** Has `notify` called after each write that brought events. */
  onWritten(notify: () => void): void {
    this.#notify = notify;
  }

  /** Writes to one of the collections. @throws {TypeError} for another one, where no relay would look */
  writer<T extends Document>(collectionName: string): EventWriter<T> {
    if (!this.#names.includes(collectionName)) throw new TypeError(`no outbox looks into ${collectionName}`);
    return new EventWriter<T>(this.#mongo, collectionName, this.#owner);
  }

  async pending(limit: number): Promise<EventRecord[]> {
    const found = (await Promise.all(this.#names.map((name) => this.#find(name, limit)))).flat();
    // Two relays that were at the same document may have left an empty list.
    await this.#settle(found.flatMap(({ place, events }) => (events.length === 0 ? { place, ids: [] } : [])));
    const chosen: EventRecord[] = [];
    for (const { place, events } of found.sort((a, b) => a.since.getTime() - b.since.getTime())) {
      for (const event of events.slice(0, limit - chosen.length)) {
        this.#places.set(event, place);
        chosen.push(event);
      }
    }
    return chosen;
  }

  /** @throws {TypeError} for an event that did not come from {@link pending} of this outbox */
  async sent(events: readonly EventRecord[]): Promise<void> {
    const told = Map.groupBy(events, (event) => {
      const place = this.#places.get(event);
      if (place === undefined) throw new TypeError('an event that this outbox did not give');
      return place;
    });
    await this.#settle(Array.from(told, ([place, group]) => ({ place, ids: group.map(({ id }) => id) })));
  }

  async backlog(): Promise<EventBacklog> {
    const found = (await Promise.all(this.#names.map((name) => this.#count(name)))).flat();
    const oldest = found.map((one) => one.oldest.toISOString()).sort()[0];
    return { count: found.reduce((sum, { count }) => sum + count, 0), oldest };
  }

  #count(name: string): Promise<{ count: number; oldest: Date }[]> {
    const sums = {
      _id: null,
      count: { $sum: { $size: '$outbox.events' } },
      oldest: { $min: '$outbox.since' },
    };
    const pipeline = [{ $match: anyEvents }, { $limit: COUNTED_MOST }, { $group: sums }];
    return this.#mongo.run('aggregate', (limit) =>
      this.#mongo.collection(name).aggregate<{ count: number; oldest: Date }>(pipeline, limit).toArray(),
    );
  }

  async #find(name: string, limit: number): Promise<Found[]> {
    const collection = this.#mongo.collection<Holder>(name);
    const ours = [
      { 'outbox.owner': this.#owner.id },
      { 'outbox.since': { $lt: new Date(Date.now() - OWNER_FIRST_MS) } },
    ];
    const options = { projection: { outbox: 1 }, sort: oldestFirst, limit };
    const documents = await this.#mongo.run('find', (time) =>
      collection.find({ ...anyEvents, $or: ours }, { ...options, ...time }).toArray(),
    );
    return documents.flatMap(({ _id: id, outbox }) => {
      if (outbox === undefined) return [];
      const { since, events, removed = false } = outbox;
      return { since, events, place: { collection, id, removed } };
    });
  }

  async #settle(told: readonly Told[]): Promise<void> {
    const byCollection = Map.groupBy(told, ({ place }) => place.collection);
    await Promise.all(
      Array.from(byCollection, ([collection, group]) => {
        const steps = group.flatMap(settling);
        return this.#mongo.run('bulkWrite', (limit) => collection.bulkWrite(steps, limit));
      }),
    );
  }
}

/** Takes events out of a document; with the last of them goes the field, or the document when it was removed. */
function settling({ place: { id, removed }, ids }: Told): AnyBulkWriteOperation<Holder>[] {
  const emptied = { _id: id, ...holdingOnly(ids) };
  const last: AnyBulkWriteOperation<Holder> = removed
    ? { deleteOne: { filter: { ...emptied, 'outbox.removed': true } } }
    : { updateOne: { filter: emptied, update: { $unset: { outbox: '' } } } };
  return [last, { updateOne: { filter: { _id: id }, update: withoutEvents(ids) } }];
}

/** The outbox of a database, which is the documents of these collections. */
export function createOutbox(mongo: Mongo, collectionNames: readonly string[]): Outbox {
  return new Outbox(mongo, collectionNames);
}
