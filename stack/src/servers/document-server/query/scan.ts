import type { Collection, Row } from '../storage/collection.ts';
import { type Database, toBuffer } from '../storage/database.ts';
import type { Interval } from './interval.ts';
import type { Plan } from './plan.ts';

const firstRows = 8;
const mostRows = 256;
const chunkBytes = 4 * 1024 * 1024;

/** What was looked at, for `explain` and for the time limit. */
export interface Work {
  keysExamined: number;
  docsExamined: number;
  /** Throws when the command's time is over. */
  readonly check: () => void;
}

/**
 * The rows that a plan finds, in its order and each once. Reads in chunks and remembers only the last key, so
 * that nothing in the database stays open while a cursor waits for its client. What is left of a chunk is read
 * again when the database was written to since.
 */
export function* scan(
  database: Database,
  collection: Collection,
  plan: Plan,
  work: Work,
  atFirst = firstRows,
): Generator<Row> {
  if (plan.index === undefined) {
    yield* scanAll(database, collection, plan.direction, work);
    return;
  }
  const source = sourceOf(collection, plan.index);
  const seen = plan.index !== 'id' && plan.index.multikey ? new Set<number>() : undefined;
  const intervals = plan.direction > 0 ? plan.intervals : plan.intervals.toReversed();
  for (const interval of intervals) {
    for (const row of scanInterval(database, source, interval, plan.direction, work, atFirst)) {
      if (seen?.has(row.rid) === true) continue;
      seen?.add(row.rid);
      work.docsExamined += 1;
      yield row;
    }
  }
}

function sourceOf(collection: Collection, index: NonNullable<Plan['index']>): string {
  if (index === 'id') return `SELECT id AS key, rid, doc FROM documents_${collection.id}`;
  return `SELECT key, k.rid AS rid, doc FROM keys_${index.id} k CROSS JOIN documents_${collection.id} d ON d.rid = k.rid`;
}

function* scanInterval(
  database: Database,
  source: string,
  { low, high }: Interval,
  direction: 1 | -1,
  work: Work,
  atFirst: number,
): Generator<Row> {
  const rid = source.includes(' k ') ? 'k.rid' : 'rid';
  const sql =
    direction > 0
      ? `${source} WHERE (key, ${rid}) > (?, ?) AND key < ? ORDER BY key, ${rid} LIMIT ?`
      : `${source} WHERE (key, ${rid}) < (?, ?) AND key >= ? ORDER BY key DESC, ${rid} DESC LIMIT ?`;
  let from = direction > 0 ? low : high;
  let fromRid = -1;
  const until = direction > 0 ? high : low;
  for (let limit = atFirst; ; ) {
    work.check();
    const rows = database.statement(sql).all(from, fromRid, until, limit);
    const { writes } = database;
    let bytes = 0;
    for (const columns of rows) {
      const [key, row, doc] = Object.values(columns);
      const found = { rid: Number(row), bytes: toBuffer(doc) };
      from = toBuffer(key);
      fromRid = found.rid;
      bytes += found.bytes.byteLength;
      work.keysExamined += 1;
      yield found;
      if (database.writes !== writes) break;
    }
    const outdated = database.writes !== writes;
    if (rows.length < limit && !outdated) return;
    limit = outdated ? firstRows : nextLimit(limit, bytes / rows.length);
  }
}

function* scanAll(database: Database, collection: Collection, direction: 1 | -1, work: Work): Generator<Row> {
  const sql =
    direction > 0
      ? `SELECT rid, doc FROM documents_${collection.id} WHERE rid > ? ORDER BY rid LIMIT ?`
      : `SELECT rid, doc FROM documents_${collection.id} WHERE rid < ? ORDER BY rid DESC LIMIT ?`;
  let last = direction > 0 ? -1 : Number.MAX_SAFE_INTEGER;
  for (let limit = firstRows; ; ) {
    work.check();
    const rows = database.statement(sql).all(last, limit);
    const { writes } = database;
    let bytes = 0;
    for (const columns of rows) {
      const [rid, doc] = Object.values(columns);
      last = Number(rid);
      const found = { rid: last, bytes: toBuffer(doc) };
      bytes += found.bytes.byteLength;
      work.docsExamined += 1;
      yield found;
      if (database.writes !== writes) break;
    }
    const outdated = database.writes !== writes;
    if (rows.length < limit && !outdated) return;
    limit = outdated ? firstRows : nextLimit(limit, bytes / rows.length);
  }
}

function nextLimit(limit: number, meanBytes: number): number {
  return Math.max(1, Math.min(limit * 4, mostRows, Math.floor(chunkBytes / (meanBytes + 1))));
}
