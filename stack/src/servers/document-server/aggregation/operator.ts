import { evalExpr } from 'mingo/core';
import * as mingo from 'mingo/operators/expression';
import { compareValues } from '../bson/order.ts';
import { fromPlain, toPlain } from '../bson/plain.ts';
import { typeName } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { createAccumulator } from './accumulator.ts';

/** The operators of mingo that agree with MongoDB's. What is not listed here or below is refused. */
const taken = [
  '$and $or $not $cond $ifNull $switch $let $literal',
  '$add $subtract $multiply $abs $ceil $floor $sqrt',
  '$arrayElemAt $concatArrays $filter $first $last $isArray $map $range $reduce $reverseArray $slice',
  '$concat $split $substrCP $strLenCP $strLenBytes $trim $ltrim $rtrim',
  '$replaceOne $replaceAll $mergeObjects $objectToArray $arrayToObject',
  '$setUnion $setIntersection $setDifference $setIsSubset',
]
  .join(' ')
  .split(' ');

type Operator = (typeof mingo)['$add'];
type Target = Parameters<Operator>[0];
type Options = Parameters<Operator>[2];

/** An operator of our own: what it makes of the values of its operands. */
function own(name: string, count: number, compute: (operands: readonly unknown[]) => unknown): Operator {
  return asOperator((obj: Target, expr: unknown, options: Options) => {
    const operands: unknown = evalExpr(obj, expr, options);
    if (count === 1) return compute([operands]);
    if (Array.isArray(operands) && operands.length === count) return compute(operands);
    throw new CommandError('BadValue', `Expression ${name} takes exactly ${count} arguments`);
  });
}

/** mingo types every operator by what it gives, and lets an expression give anything. */
function asOperator(operator: (obj: Target, expr: unknown, options: Options) => unknown): Operator {
  return operator as Operator;
}

/** Comparison by BSON's order: mingo's own knows neither ObjectIds nor the types of numbers. */
function comparing(name: string, holds: (order: number) => unknown): Operator {
  return own(name, 2, ([a, b]) => holds(compareValues(fromPlain(a), fromPlain(b))));
}

function isIn([item, list]: readonly unknown[]): boolean {
  if (!Array.isArray(list)) throw new CommandError('BadValue', '$in requires an array as a second argument');
  const wanted = fromPlain(item);
  return list.some((other) => compareValues(fromPlain(other), wanted) === 0);
}

/** `$divide` and `$mod` by zero are errors of MongoDB, infinities of JavaScript. */
function dividing(name: string, compute: (a: number, b: number) => number): Operator {
  return own(name, 2, ([a, b]) => {
    if (a === null || a === undefined || b === null || b === undefined) return null;
    if (typeof a !== 'number' || typeof b !== 'number') {
      throw new CommandError('TypeMismatch', `${name} only supports numeric types of up to 53 bits`);
    }
    if (b === 0) throw new CommandError('BadValue', `can't ${name.slice(1)} by zero`);
    return compute(a, b);
  });
}

/** An accumulator as an expression: over the items of the one array given, or over several operands. */
function gathering(name: string): Operator {
  return own(name, 1, ([operand]) => {
    const accumulator = createAccumulator(name);
    for (const item of Array.isArray(operand) ? operand : [operand]) accumulator.add(fromPlain(item));
    return toPlain(accumulator.result());
  });
}

/** The size of an array; of anything else it is an error. */
function sizeOf([list]: readonly unknown[]): number {
  if (Array.isArray(list)) return list.length;
  throw new CommandError('BadValue', 'The argument to $size must be an array');
}

/** `$toLower` and `$toUpper` change ASCII letters alone, and make nothing an empty text. */
function changingCase(name: string, letters: RegExp, change: (letter: string) => string): Operator {
  return own(name, 1, ([text]) => {
    if (text === null || text === undefined) return '';
    if (typeof text === 'string') return text.replace(letters, change);
    throw new CommandError('NotImplemented', `${name} is for strings in this server`);
  });
}

/** A part of a date, in UTC. */
function datePart(name: string, part: (date: Date) => number): Operator {
  return own(name, 1, ([date]) => {
    if (date === null || date === undefined) return null;
    if (date instanceof Date) return part(date);
    throw new CommandError('NotImplemented', `${name} is for dates in UTC in this server`);
  });
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}

const owned: Readonly<Record<string, Operator>> = {
  $eq: comparing('$eq', (order) => order === 0),
  $ne: comparing('$ne', (order) => order !== 0),
  $gt: comparing('$gt', (order) => order > 0),
  $gte: comparing('$gte', (order) => order >= 0),
  $lt: comparing('$lt', (order) => order < 0),
  $lte: comparing('$lte', (order) => order <= 0),
  $cmp: comparing('$cmp', Math.sign),
  $in: own('$in', 2, isIn),
  $divide: dividing('$divide', (a, b) => a / b),
  $mod: dividing('$mod', (a, b) => a % b),
  $size: own('$size', 1, sizeOf),
  $toLower: changingCase('$toLower', /[A-Z]/g, (letter) => letter.toLowerCase()),
  $toUpper: changingCase('$toUpper', /[a-z]/g, (letter) => letter.toUpperCase()),
  $year: datePart('$year', (date) => date.getUTCFullYear()),
  $month: datePart('$month', (date) => date.getUTCMonth() + 1),
  $dayOfMonth: datePart('$dayOfMonth', (date) => date.getUTCDate()),
  $dayOfWeek: datePart('$dayOfWeek', (date) => date.getUTCDay() + 1),
  $dayOfYear: datePart('$dayOfYear', dayOfYear),
  $hour: datePart('$hour', (date) => date.getUTCHours()),
  $minute: datePart('$minute', (date) => date.getUTCMinutes()),
  $second: datePart('$second', (date) => date.getUTCSeconds()),
  $millisecond: datePart('$millisecond', (date) => date.getUTCMilliseconds()),
  $sum: gathering('$sum'),
  $avg: gathering('$avg'),
  $min: gathering('$min'),
  $max: gathering('$max'),
  $type: own('$type', 1, ([value]) => typeName(fromPlain(value))),
};

/** The operators that expressions may use, in the form mingo's context takes. */
export const expressionOperators: Record<`$${string}`, Operator> = Object.fromEntries([
  ...Object.entries(mingo).filter(([name]) => taken.includes(name)),
  ...Object.entries(owned),
]) as Record<`$${string}`, Operator>;

/** Whether an expression may use this operator. */
export function isExpressionOperator(name: string): boolean {
  return Object.hasOwn(expressionOperators, name);
}
