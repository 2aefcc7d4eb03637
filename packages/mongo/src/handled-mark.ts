import type { EventRecord } from '@tsmicro/dependency';
import type { Document, Filter, UpdateFilter } from 'mongodb';

// An event comes again while those around it do; of one document there are few at a time.
const REMEMBERED = 100;

// Generic code cannot show TypeScript that every document may have a field more.
const asFilter = <T extends Document>(filter: Document) => filter as Filter<T>;
const asUpdate = <T extends Document>(update: Document) => update as UpdateFilter<T>;

/**
 * A change that an event makes to one document exactly once, however often the event comes: the filter passes over a
 * document that has had the event, the update takes the event down in it, in the field `handled`, which keeps the last
 * hundred. Not for an upsert, which would insert a document anew that was passed over.
 */
export function onceIn<T extends Document>(
  { id }: EventRecord,
  filter: Filter<T>,
  update: UpdateFilter<T>,
): { filter: Filter<T>; update: UpdateFilter<T> } {
  const mark = { handled: { $each: [id], $slice: -REMEMBERED } };
  return {
    filter: asFilter<T>({ ...filter, handled: { $ne: id } }),
    update: asUpdate<T>({ ...update, $push: { ...update.$push, ...mark } }),
  };
}
