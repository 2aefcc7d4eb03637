import type { Engine } from './command/context.ts';
import { startWork } from './command/context.ts';
import { compileFilter, passes } from './filter/filter.ts';
import { find } from './query/find.ts';

/** How many documents one sweep takes out of one collection: the rest waits for the next. */
const mostAtOnce = 1000;

/** Removes the documents whose time is over by a TTL index; says how many. */
export function removeExpired(engine: Engine, nowMs: number): number {
  const { catalog, database } = engine;
  let removed = 0;
  for (const db of catalog.databases()) {
    for (const collection of catalog.collections(db).values()) {
      for (const { spec } of collection.keyIndexes) {
        const [part] = spec.parts;
        if (spec.expireAfterSec === undefined || part === undefined) continue;
        const before = new Date(nowMs - spec.expireAfterSec * 1000);
        const filter = compileFilter(new Map([[part.path, new Map([['$lte', before]])]]));
        const query = { filter, sort: [], skip: 0, limit: mostAtOnce };
        const expired = [...find(database, collection, query, startWork(engine))];
        const covered = expired.filter(({ doc }) => spec.partial === undefined || passes(spec.partial, doc));
        database.unit(() => {
          for (const found of covered) collection.remove(found);
        });
        removed += covered.length;
      }
    }
  }
  if (removed > 0) database.commit();
  return removed;
}
