export type {
  Collection,
  Db,
  Document,
  Filter,
  IndexDescription,
  OptionalUnlessRequiredId,
  Sort,
  UpdateFilter,
  WithId,
} from 'mongodb';
export { Binary, ObjectId } from 'mongodb';
export { isDuplicateKey, MongoTimeoutError, MongoUnavailableError } from './errors.ts';
export { EventWriter } from './event-writer.ts';
export { onceIn } from './handled-mark.ts';
export { notRemoved, withoutOutbox } from './held-events.ts';
export { createInbox, Inbox, type InboxOptions } from './inbox.ts';
export { Mongo, openMongo, type TimeLimit } from './mongo.ts';
export type { MongoOptions } from './options.ts';
export { createOutbox, Outbox } from './outbox.ts';
export type { FindOptions, Page, UpdateOptions, UpdateResult } from './query.ts';
export { createQueryBuilder, QueryBuilder } from './query-builder.ts';
export { fromUuidBinary, toUuidBinary } from './uuid.ts';
