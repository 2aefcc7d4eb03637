import { equalValues } from '../bson/order.ts';
import type { Filter } from '../filter/filter.ts';
import { nest } from '../filter/matched-item.ts';

/** Whether every document that passes the filter is in the partial index. */
export function implies(filter: Filter, partial: Filter): boolean {
  return partial.conditions.every(({ bound, path, test }) =>
    filter.conditions.some((given) => {
      if (bound === undefined || given.bound === undefined || given.path !== path) return false;
      const { operator, operand } = given.bound;
      if (operator === bound.operator && equalValues(operand, bound.operand)) return true;
      if (bound.operator === '$exists')
        return operand !== null && operand !== undefined && operator !== '$in';
      return operator === '$eq' && given.path !== undefined && test(nest(given.path.split('.'), operand));
    }),
  );
}
