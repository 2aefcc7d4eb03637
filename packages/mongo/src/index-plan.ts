import type { IndexDescription, IndexDescriptionInfo } from 'mongodb';

/** Of the indexes that a collection is to have: those to be built, and what all of them are called. */
export interface IndexPlan {
  missing: IndexDescription[];
  /** In the order in which they were wanted. */
  names: string[];
}

/**
 * Compares indexes with those that are there. One with the same keys counts, whatever it is called and however its texts are
 * weighed: the server would refuse a second one. Not so one that holds for a part of the documents, compares by other rules,
 * or is not unique where that is wanted: it does not do what was asked for.
 */
export function planIndexes(
  wanted: readonly IndexDescription[],
  there: readonly IndexDescriptionInfo[],
): IndexPlan {
  const missing: IndexDescription[] = [];
  const names = wanted.map((index) => {
    const found = there.find((known) => serves(known, index));
    if (found === undefined) missing.push(index);
    return found?.name ?? index.name ?? keysOf(index.key).flat().join('_');
  });
  return { missing, names };
}

function serves(known: IndexDescriptionInfo, wanted: IndexDescription): boolean {
  const [there, asked] = [keysOf(known.key), keysOf(wanted.key)];
  // A collection has one index of texts at most; it is described by weights instead of keys.
  if (isText(there) && isText(asked)) return true;
  if (there.join() !== asked.join()) return false;
  if (wanted.unique === true && known.unique !== true) return false;
  const { partialFilterExpression, collation, sparse } = known;
  return partialFilterExpression === undefined && collation === undefined && sparse !== true;
}

const keysOf = (key: IndexDescription['key']): unknown[][] =>
  key instanceof Map ? [...key] : Object.entries(key);

const isText = (keys: readonly unknown[][]) => keys.some(([, direction]) => direction === 'text');
