import { decode } from '../bson/decode.ts';
import type { Doc, Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import type { Filter } from '../filter/filter.ts';
import type { Collection } from '../storage/collection.ts';
import type { Database } from '../storage/database.ts';
import type { TextIndex } from '../storage/text-index.ts';
import { passesTextQuery, toTextQuery } from '../text/search.ts';
import { choosePlan, type Plan } from './plan.ts';
import { scan, type Work } from './scan.ts';
import { type SortPart, sorted } from './sort.ts';

/** What a query asks for. */
export interface Query {
  readonly filter: Filter;
  readonly sort: readonly SortPart[];
  readonly skip: number;
  /** At most so many; Infinity for all. */
  readonly limit: number;
  readonly hint?: Value;
}

/** A document that a query found; `doc` is decoded when first asked for. */
export class Found {
  readonly rid: number;
  readonly bytes: Buffer;
  readonly score: number | undefined;
  #doc: Doc | undefined;

  constructor(rid: number, bytes: Buffer, score?: number) {
    this.rid = rid;
    this.bytes = bytes;
    this.score = score;
  }

  get doc(): Doc {
    this.#doc ??= decode(this.bytes);
    return this.#doc;
  }

  get size(): number {
    return this.bytes.byteLength;
  }
}

/** Finds documents, in order. Refuses at once what cannot be; nothing is read before the first is asked for. */
export function find(database: Database, collection: Collection, query: Query, work: Work): Generator<Found> {
  const [matches, inOrder] = matchesOf(database, collection, query, work);
  return page(matches, inOrder, query);
}

function* page(matches: Iterable<Found>, inOrder: boolean, { sort, skip, limit }: Query): Generator<Found> {
  if (limit === 0) return;
  const ordered = inOrder ? matches : sorted(matches, sort, skip + limit);
  let left = limit;
  let skipped = 0;
  for (const found of ordered) {
    if (skipped < skip) {
      skipped += 1;
      continue;
    }
    yield found;
    left -= 1;
    if (left === 0) return;
  }
}

function matchesOf(
  database: Database,
  collection: Collection,
  query: Query,
  work: Work,
): readonly [Iterable<Found>, boolean] {
  const { filter, sort, skip, limit, hint } = query;
  if (filter.text !== undefined) {
    const [first] = sort;
    const byScore = sort.length === 0 || (sort.length === 1 && first?.path === undefined);
    return [searchText(collection, filter, work), byScore];
  }
  const plan = choosePlan(collection, filter, sort, hint);
  const expected = plan.rest.length === 0 && plan.sortServed ? Math.min(skip + limit, 256) : 8;
  return [test(scan(database, collection, plan, work, expected), plan), plan.sortServed];
}

function* test(rows: Iterable<{ rid: number; bytes: Buffer }>, plan: Plan): Generator<Found> {
  for (const { rid, bytes } of rows) {
    const found = new Found(rid, bytes);
    if (plan.rest.every((condition) => condition.test(found.doc))) yield found;
  }
}

/** The collection's text index. Throws IndexNotFound when it has none. */
export function textIndexOf(collection: Collection): TextIndex {
  const [index] = collection.textIndexes;
  if (index === undefined) throw new CommandError('IndexNotFound', 'text index required for $text query');
  return index;
}

function* searchText(collection: Collection, filter: Filter, work: Work): Generator<Found> {
  const index = textIndexOf(collection);
  if (filter.text === undefined) return;
  const query = toTextQuery(filter.text, index.text);
  for (const [rid, score] of index.search(query.terms)) {
    work.check();
    work.keysExamined += 1;
    const row = collection.row(rid);
    if (row === undefined) continue;
    work.docsExamined += 1;
    const found = new Found(rid, row.bytes, score);
    const passed = filter.conditions.every((condition) => condition.test(found.doc));
    if (passed && passesTextQuery(query, found.doc, index.text)) yield found;
  }
}
