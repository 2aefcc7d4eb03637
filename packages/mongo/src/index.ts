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
export { Mongo, openMongo, type TimeLimit } from './mongo.ts';
export type { MongoOptions } from './options.ts';
export type { FindOptions, Page, UpdateOptions, UpdateResult } from './query.ts';
export { createQueryBuilder, QueryBuilder } from './query-builder.ts';
export { fromUuidBinary, toUuidBinary } from './uuid.ts';
