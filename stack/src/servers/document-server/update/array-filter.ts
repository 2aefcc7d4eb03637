import { isDoc, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { compileFilter, passes } from '../filter/filter.ts';
import type { Positions } from './slot.ts';

/** The tests of `arrayFilters` by name. */
export type ArrayFilters = ReadonlyMap<string, (item: Value) => boolean>;

/** Compiles `arrayFilters`: each is about one name of its own. */
export function compileArrayFilters(specs: Value): ArrayFilters {
  const filters = new Map<string, (item: Value) => boolean>();
  for (const spec of Array.isArray(specs) ? specs : []) {
    if (!isDoc(spec)) throw new CommandError('TypeMismatch', 'arrayFilters must be objects');
    const names = new Set([...spec.keys()].map((path) => path.split('.')[0] ?? ''));
    const [name] = names;
    if (name === undefined || names.size > 1 || !/^[a-z][A-Za-z0-9]*$/.test(name) || filters.has(name)) {
      throw new CommandError(
        'FailedToParse',
        'each array filter needs one name of its own, beginning with a lowercase letter',
      );
    }
    const filter = compileFilter(spec, false);
    filters.set(name, (item) => passes(filter, new Map([[name, item]])));
  }
  return filters;
}

/** Refuses paths that use a name without a filter, and filters that no path uses. */
export function checkFiltersUsed(filters: ArrayFilters, paths: readonly string[]): void {
  const used = new Set(paths.flatMap((path) => path.match(/(?<=\$\[)[^\]]+(?=\])/g) ?? []));
  for (const name of used) {
    if (!filters.has(name))
      throw new CommandError('BadValue', `No array filter found for identifier '${name}'`);
  }
  for (const name of filters.keys()) {
    if (!used.has(name)) {
      throw new CommandError(
        'FailedToParse',
        `The array filter for identifier '${name}' was not used in the update`,
      );
    }
  }
}

/** What the positional parts of paths stand for, given where the update's filter matched. */
export function toPositions(filters: ArrayFilters, matched: (path: string) => number | undefined): Positions {
  return {
    passes: (name, item) => filters.get(name)?.(item) === true,
    matched: (path) => {
      const place = matched(path);
      if (place !== undefined) return place;
      throw new CommandError(
        'BadValue',
        'The positional operator did not find the match needed from the query.',
      );
    },
  };
}
