import { compileExpression } from '../aggregation/expression.ts';
import { toNumber } from '../bson/number.ts';
import { isDoc, isNumeric, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { itemTest } from '../filter/operator.ts';
import type { ProjectionPlace } from './projection.ts';
import type { Part } from './tree.ts';

/** The parts that only a query's projection has: `$slice`, `$elemMatch`, `$meta` and the positional `$`. */
export function compileArrayPart(path: string, value: Value, place: ProjectionPlace): Part | undefined {
  if (path.endsWith('.$')) return positional(path.slice(0, -2), place);
  if (!isDoc(value) || value.size !== 1) return undefined;
  if (value.has('$meta')) return { kind: 'computed', compute: compileExpression(value), keepsOthers: true };
  if (value.has('$elemMatch')) return elemMatch(path, value.get('$elemMatch'));
  return value.has('$slice') ? slice(value.get('$slice')) : undefined;
}

function positional(path: string, { matchedItem }: ProjectionPlace): Part {
  return {
    kind: 'match',
    take: (value, { doc }) => {
      if (!Array.isArray(value)) return value;
      const at = matchedItem?.(doc, path);
      if (at !== undefined) return value.slice(at, at + 1);
      throw new CommandError(
        'BadValue',
        "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
      );
    },
  };
}

function elemMatch(path: string, operand: Value): Part {
  if (path.includes('.')) {
    throw new CommandError('BadValue', 'Cannot use $elemMatch projection on a nested field');
  }
  if (!isDoc(operand)) throw new CommandError('BadValue', '$elemMatch needs an Object');
  const test = itemTest(operand);
  return {
    kind: 'match',
    take: (value) => {
      const item = Array.isArray(value) ? value.findIndex(test) : -1;
      return item < 0 || !Array.isArray(value) ? undefined : value.slice(item, item + 1);
    },
  };
}

function slice(operand: Value): Part | undefined {
  const numbers = (Array.isArray(operand) ? operand : [operand]).map((part) =>
    isNumeric(part) ? toNumber(part) : Number.NaN,
  );
  const [first = Number.NaN, count] = numbers;
  if (numbers.some(Number.isNaN) || numbers.length > 2) return undefined;
  if (count !== undefined && count <= 0) throw new CommandError('BadValue', '$slice limit must be positive');
  return {
    kind: 'slice',
    take: (value) => {
      if (!Array.isArray(value)) return value;
      if (count === undefined) return first < 0 ? value.slice(first) : value.slice(0, first);
      const start = first < 0 ? Math.max(0, value.length + first) : first;
      return value.slice(start, start + count);
    },
  };
}
