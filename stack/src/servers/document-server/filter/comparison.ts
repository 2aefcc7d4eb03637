import { BSONRegExp, BSONSymbol, Double } from 'bson';
import { toKey } from '../bson/key.ts';
import { toNumber } from '../bson/number.ts';
import { compareValues, equalValues } from '../bson/order.ts';
import { isNumeric, Rank, rankOf, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { fromBsonRegExp } from './regex.ts';

/** A test of one value; `undefined` stands for a field that is not there. */
export type ValueTest = (value: Value) => boolean;

/** The operators that compare by order. */
export const orderOperators = ['$gt', '$gte', '$lt', '$lte'] as const;

/** One of the operators that compare by order. */
export type OrderOperator = (typeof orderOperators)[number];

/** Equality: null equals a missing field too. */
export function equalTo(operand: Value): ValueTest {
  if (operand === null || operand === undefined) return (value) => value === null || value === undefined;
  if (typeof operand === 'string') {
    return (value) => value === operand || (value instanceof BSONSymbol && value.value === operand);
  }
  return (value) => value !== undefined && equalValues(value, operand);
}

/** `$gt` and its like: only values of the operand's own type group compare, except against MinKey and MaxKey. */
export function orderedTo(operator: OrderOperator, operand: Value): ValueTest {
  if (operand instanceof BSONRegExp) {
    throw new CommandError('BadValue', `Can't have RegEx as arg to predicate over field with ${operator}`);
  }
  const orEqual = operator === '$gte' || operator === '$lte';
  const sign = operator === '$gt' || operator === '$gte' ? 1 : -1;
  if (operand === null || operand === undefined) return orEqual ? equalTo(null) : () => false;
  if (isNaNumber(operand)) return orEqual ? isNaNumber : () => false;
  const rank = rankOf(operand);
  const anyType = rank === Rank.minKey || rank === Rank.maxKey;
  return (value) => {
    if (value === undefined || (!anyType && rankOf(value) !== rank) || isNaNumber(value)) return false;
    const order = compareValues(value, operand);
    return order === 0 ? orEqual : order * sign > 0;
  };
}

function isNaNumber(value: Value): boolean {
  return value instanceof Double
    ? Number.isNaN(value.value)
    : isNumeric(value) && Number.isNaN(toNumber(value));
}

/** A regular expression: matches text, and the same expression stored as a value. */
export function matching(regex: BSONRegExp): ValueTest {
  const expression = fromBsonRegExp(regex);
  return (value) => {
    if (typeof value === 'string') return expression.test(value);
    if (value instanceof BSONSymbol) return expression.test(value.value);
    return value instanceof BSONRegExp && equalValues(value, regex);
  };
}

/** Membership in a list of values and regular expressions. */
export function oneOf(operand: Value): ValueTest {
  if (!Array.isArray(operand)) throw new CommandError('BadValue', '$in needs an array');
  const tests = operand.filter((item) => item instanceof BSONRegExp).map(matching);
  const plain = operand.filter((item) => !(item instanceof BSONRegExp));
  if (plain.length <= 8) tests.push(...plain.map(equalTo));
  else tests.push(inSet(plain));
  return (value) => tests.some((test) => test(value));
}

/** A long list is looked up by key, not walked. */
function inSet(list: readonly Value[]): ValueTest {
  const keys = new Set<string>();
  const others: ValueTest[] = [];
  for (const item of list) {
    const key = keyOf(item ?? null);
    if (key === undefined) others.push(equalTo(item));
    else keys.add(key);
  }
  return (value) => {
    const key = keyOf(value ?? null);
    return (key !== undefined && keys.has(key)) || others.some((test) => test(value));
  };
}

/** Decimals that no index can hold have no key; they are compared one by one. */
function keyOf(value: Value): string | undefined {
  try {
    return toKey([value]).toString('latin1');
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}
