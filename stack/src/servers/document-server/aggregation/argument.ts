import { toPlain } from '../bson/plain.ts';
import { type Doc, isDoc, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { isExpressionOperator } from './operator.ts';

/** Operators with one argument, which may stand in a list of one: `{$size: ["$tags"]}`. */
const unary = words(
  '$not $abs $ceil $floor $sqrt $isArray $size $first $last $reverseArray $strLenCP $strLenBytes $toLower',
  '$toUpper $objectToArray $arrayToObject $type $year $month $dayOfMonth $dayOfWeek $dayOfYear $hour $minute',
  '$second $millisecond',
);

/** Operators that take one array or several arguments. */
const gathering = words('$sum $avg $min $max');

/** Operators with any number of arguments, of which a single one needs no list: `{$and: "$a"}`. */
const variadic = words(
  '$and $or $add $multiply $concat $concatArrays $mergeObjects $setUnion $setIntersection',
);

function words(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.join(' ').split(' '));
}

/**
 * The plain form of an expression, with the arguments of every operator as mingo wants them. Throws
 * InvalidPipelineOperator for operators that this server has not.
 */
export function toPlainExpression(spec: Value): unknown {
  if (Array.isArray(spec)) return spec.map(toPlainExpression);
  if (!isDoc(spec)) return toPlain(spec);
  const [first] = spec.keys();
  if (first?.startsWith('$') !== true) return plainFields(spec);
  if (spec.size !== 1)
    throw new CommandError('BadValue', 'an expression has exactly one field, its operator');
  if (!isExpressionOperator(first)) {
    throw new CommandError('InvalidPipelineOperator', `Unrecognized expression '${first}'`);
  }
  if (first === '$literal') return { $literal: toPlain(spec.get(first)) };
  return { [first]: toPlainExpression(argument(first, spec.get(first))) };
}

function plainFields(spec: Doc): Record<string, unknown> {
  const fields = [...spec].map(([name, part]) => [name, toPlainExpression(part)] as const);
  if (fields.some(([name]) => name.startsWith('$'))) {
    throw new CommandError('BadValue', 'an expression has exactly one field, its operator');
  }
  return Object.fromEntries(fields);
}

function argument(operator: string, value: Value): Value {
  if (variadic.has(operator)) return Array.isArray(value) ? value : [value];
  if (operator === '$switch' && isDoc(value) && !value.has('default')) {
    throw new CommandError('NotImplemented', '$switch without a default is not supported by this server');
  }
  if (!Array.isArray(value)) return value;
  if (unary.has(operator) && value.length !== 1) {
    throw new CommandError(
      'BadValue',
      `Expression ${operator} takes exactly 1 arguments. ${value.length} were passed in.`,
    );
  }
  return (unary.has(operator) || gathering.has(operator)) && value.length === 1 ? value[0] : value;
}
