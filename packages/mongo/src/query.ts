import type { Document, Sort } from 'mongodb';

/** What of the found documents, and in which order. */
export interface FindOptions {
  sort?: Sort;
  projection?: Document;
}

/** Which part of a list: pages are counted from 1. */
export interface Page {
  page: number;
  limit: number;
}

export interface UpdateOptions {
  /** Inserts a document when none matches. @default false */
  upsert?: boolean;
}

/** How many documents matched, and how many of them were not so before. */
export interface UpdateResult {
  matched: number;
  modified: number;
}

/** The driver's figures of an update in our words. */
export const toUpdateResult = (result: { matchedCount: number; modifiedCount: number }): UpdateResult => ({
  matched: result.matchedCount,
  modified: result.modifiedCount,
});
