import type { EventRecord } from '@tsmicro/dependency';
import type { Document, Filter, UpdateFilter } from 'mongodb';

/** The field `outbox` of a document in which its events wait; it is there only while some do. */
export interface HeldEvents {
  /** When the first of them was written. */
  since: Date;
  /** The instance that wrote last: its relay comes first. */
  owner: string;
  /** In the order of the changes. */
  events: EventRecord[];
  /** The document is gone for everybody, and really goes with its last event. */
  removed?: boolean;
}

/** A document whose events may wait. */
export interface Holder extends Document {
  outbox?: HeldEvents;
}

/** A part of a filter that only documents meet which are not about to go. */
export const notRemoved = { 'outbox.removed': { $ne: true } } as const;

/** Readers never see the field. */
export const withoutOutbox = { outbox: 0 } as const;

/** What a new document holds. */
export const holding = (owner: string, events: readonly EventRecord[]): HeldEvents => ({
  since: new Date(),
  owner,
  events: [...events],
});

// Generic code cannot show TypeScript that a path of Holder is one of every T that has its field.
const asUpdate = <T extends Document>(update: Document) => update as UpdateFilter<T>;
const asFilter = <T extends Document>(filter: Document) => filter as Filter<T>;

/** The filter, met by what has not been removed. */
export function remaining<T extends Document>(filter: Filter<T>): Filter<T> {
  return asFilter<T>({ ...filter, ...notRemoved });
}

/** The update, and the events with it in the same write. */
export function withEvents<T extends Document>(
  update: UpdateFilter<T>,
  owner: string,
  events: readonly EventRecord[],
): UpdateFilter<T> {
  if (events.length === 0) return update;
  return asUpdate<T>({
    ...update,
    $set: { ...update.$set, 'outbox.owner': owner },
    $min: { ...update.$min, 'outbox.since': new Date() },
    $push: { ...update.$push, 'outbox.events': { $each: [...events] } },
  });
}

/** The update that takes a document away from everybody, and leaves it where its events wait. */
export const removal = <T extends Document>() => asUpdate<T>({ $set: { 'outbox.removed': true } });

/** The document, when none but these of its events wait in it. */
export const holdingOnly = (ids: readonly string[]) => ({
  'outbox.events': { $not: { $elemMatch: { id: { $nin: [...ids] } } } },
});

/** The update that takes these events out. */
export const withoutEvents = (ids: readonly string[]) =>
  asUpdate<Holder>({ $pull: { 'outbox.events': { id: { $in: [...ids] } } } });
