import { toKey } from '../../bson/key.ts';
import { fromNumber } from '../../bson/number.ts';
import { someValue } from '../../bson/path.ts';
import type { Doc, Value } from '../../bson/value.ts';
import { CommandError } from '../../errors.ts';
import { compileFilter } from '../../filter/filter.ts';
import { find, type Query } from '../../query/find.ts';
import { type Context, collectionName, docField, startWork, wholeField } from '../context.ts';
import { hintOf } from './find.ts';

/** `count`. */
export function runCount(context: Context): Doc {
  const { body, catalog, db, database } = context;
  const collection = catalog.find(db, collectionName(context));
  const filter = compileFilter(docField(body, 'query'));
  const skip = wholeField(body, 'skip', 0);
  const limit = wholeField(body, 'limit', 0);
  const most = limit === 0 ? Number.POSITIVE_INFINITY : limit;
  if (collection === undefined) return new Map([['n', fromNumber(0)]]);
  if (filter.conditions.length === 0 && filter.text === undefined) {
    return new Map([['n', fromNumber(Math.min(most, Math.max(0, collection.count() - skip)))]]);
  }
  const hint = hintOf(body);
  const query: Query = { filter, sort: [], skip, limit: most, ...(hint === undefined ? {} : { hint }) };
  let count = 0;
  for (const _ of find(database, collection, query, startWork(context))) count += 1;
  return new Map([['n', fromNumber(count)]]);
}

/** `distinct`: the values of one field, the items of arrays one by one. */
export function runDistinct(context: Context): Doc {
  const { body, catalog, db, database } = context;
  const collection = catalog.find(db, collectionName(context));
  const path = body.get('key');
  if (typeof path !== 'string' || path === '') throw new CommandError('TypeMismatch', 'distinct needs a key');
  const parts = path.split('.');
  const values = new Map<string, Value>();
  const query = {
    filter: compileFilter(docField(body, 'query')),
    sort: [],
    skip: 0,
    limit: Number.POSITIVE_INFINITY,
  };
  const note = (value: Value): boolean => {
    if (value !== undefined) values.set(toKey([value]).toString('latin1'), value);
    return false;
  };
  for (const { doc } of collection === undefined
    ? []
    : find(database, collection, query, startWork(context))) {
    someValue(doc, parts, false, (value) =>
      Array.isArray(value) ? value.map(note).includes(true) : note(value),
    );
  }
  const inOrder = [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
  return new Map([['values', inOrder]]);
}
