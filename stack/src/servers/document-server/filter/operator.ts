import { BSONRegExp, Double, Int32, Long } from 'bson';
import { toNumber } from '../bson/number.ts';
import { type Doc, isDoc, isNumeric, typeTest, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { equalTo, matching, oneOf, orderedTo, orderOperators, type ValueTest } from './comparison.ts';
import { compileFilter, passes } from './filter.ts';

/** One operator on one field. */
export interface FieldTest {
  readonly operator: string;
  readonly operand?: Value;
  readonly test: ValueTest;
  /** Whether the items of an array are looked at too. @default true */
  readonly expand?: boolean;
  /** Whether the field passes when no value of it does. */
  readonly negated?: boolean;
  /** What a `$not` denies: on a path with arrays each of these is met for itself, by whichever item. */
  readonly inner?: readonly FieldTest[];
}

/** Whether a document is one of operators, as `{$gt: 1}`. */
export function isOperatorDoc(doc: Doc): boolean {
  const first = doc.keys().next().value;
  return first?.startsWith('$') === true && first !== '$ref' && first !== '$id' && first !== '$db';
}

/** Compiles a document of operators: every one of them must hold. */
export function compileOperators(spec: Doc): FieldTest[] {
  return [...spec]
    .filter(([name]) => name !== '$options' || !spec.has('$regex'))
    .flatMap(([name, operand]) =>
      name === '$all' ? eachOfAll(operand) : [compileOperator(name, operand, spec)],
    );
}

function compileOperator(operator: string, operand: Value, spec: Doc): FieldTest {
  const order = orderOperators.find((name) => name === operator);
  if (order !== undefined) return { operator, operand, test: orderedTo(order, operand) };
  switch (operator) {
    case '$eq':
      return { operator, operand, test: equalTo(operand) };
    case '$ne':
      return { operator, operand, test: equalTo(operand), negated: true };
    case '$in':
      return { operator, operand, test: oneOf(operand) };
    case '$nin':
      return { operator, operand, test: oneOf(operand), negated: true };
    case '$exists': {
      const wanted = operand === true || (isNumeric(operand) && toNumber(operand) !== 0);
      const test: ValueTest = (value) => value !== undefined;
      return wanted
        ? { operator, operand: true, test, expand: false }
        : { operator: '$missing', test, expand: false, negated: true };
    }
    case '$regex':
      return { operator, test: matching(toBsonRegExp(operand, spec.get('$options'))) };
    case '$type':
      return { operator, test: ofType(operand) };
    case '$size':
      return { operator, test: ofSize(operand), expand: false };
    case '$mod':
      return { operator, test: remainder(operand) };
    case '$elemMatch':
      return { operator, test: anyItem(operand), expand: false };
    case '$not':
      return { operator, inner: notParts(operand), ...denial(notParts(operand)) };
    default:
      throw new CommandError('BadValue', `unknown operator: ${operator}`);
  }
}

function toBsonRegExp(operand: Value, options: Value): BSONRegExp {
  if (options !== undefined && typeof options !== 'string') {
    throw new CommandError('BadValue', '$options has to be a string');
  }
  if (operand instanceof BSONRegExp) return new BSONRegExp(operand.pattern, options ?? operand.options);
  if (typeof operand !== 'string') throw new CommandError('BadValue', '$regex has to be a string');
  return new BSONRegExp(operand, options ?? '');
}

function ofType(operand: Value): ValueTest {
  const tests = (Array.isArray(operand) ? operand : [operand]).map((type) => {
    const test = typeTest(isNumeric(type) ? toNumber(type) : String(type));
    if (test !== undefined) return test;
    throw new CommandError('BadValue', `Unknown type name alias: ${String(type)}`);
  });
  return (value) => tests.some((test) => test(value));
}

function ofSize(operand: Value): ValueTest {
  if (!isNumeric(operand) || !Number.isInteger(toNumber(operand)) || toNumber(operand) < 0) {
    throw new CommandError('BadValue', 'Failed to parse $size. Expected a non-negative integer');
  }
  const size = toNumber(operand);
  return (value) => Array.isArray(value) && value.length === size;
}

function remainder(operand: Value): ValueTest {
  if (!Array.isArray(operand) || operand.length !== 2 || !operand.every(isNumeric)) {
    throw new CommandError('BadValue', 'malformed mod, needs to be an array of two numbers');
  }
  const [divisor = 0n, rest = 0n] = operand.map((part) => toWhole(part));
  if (divisor === 0n) throw new CommandError('BadValue', 'divisor cannot be 0');
  return (value) => isWhole(value) && toWhole(value) % divisor === rest;
}

function isWhole(value: Value): value is Int32 | Double | Long {
  if (value instanceof Double) return Number.isFinite(value.value);
  return value instanceof Int32 || (isNumeric(value) && value instanceof Long);
}

function toWhole(value: Value): bigint {
  if (value instanceof Long) return value.toBigInt();
  return isNumeric(value) ? BigInt(Math.trunc(toNumber(value))) : 0n;
}

/** `$all` is one condition for each of its values; an empty one holds for no document. */
function eachOfAll(operand: Value): FieldTest[] {
  if (!Array.isArray(operand)) throw new CommandError('BadValue', '$all needs an array');
  if (operand.length === 0) return [{ operator: '$all', test: () => false, expand: false }];
  return operand.map((item) => {
    if (item instanceof BSONRegExp) return { operator: '$regex', test: matching(item) };
    if (!isDoc(item) || !isOperatorDoc(item)) return compileOperator('$eq', item, new Map());
    if (item.has('$elemMatch')) return compileOperator('$elemMatch', item.get('$elemMatch'), item);
    throw new CommandError('BadValue', 'no $ expressions in $all');
  });
}

function expanding(test: ValueTest): ValueTest {
  return (value) => (Array.isArray(value) && value.some(test)) || test(value);
}

const logical: readonly string[] = ['$and', '$or', '$nor', '$expr'];

function anyItem(operand: Value): ValueTest {
  if (!isDoc(operand)) throw new CommandError('BadValue', '$elemMatch needs an Object');
  const test = itemTest(operand);
  return (value) => Array.isArray(value) && value.some(test);
}

/** The test that `$elemMatch` puts every item to: operators on the item itself, or a filter on its fields. */
export function itemTest(operand: Doc): ValueTest {
  const first = operand.keys().next().value;
  if (!isOperatorDoc(operand) || logical.includes(first ?? '')) {
    const filter = compileFilter(operand, false);
    return (item) => isDoc(item) && passes(filter, item);
  }
  const tests = compileOperators(operand);
  return (item) => tests.every(({ test, negated }) => test(item) !== (negated === true));
}

function notParts(operand: Value): FieldTest[] {
  if (operand instanceof BSONRegExp) return [{ operator: '$regex', test: matching(operand) }];
  if (isDoc(operand) && isOperatorDoc(operand)) return compileOperators(operand);
  throw new CommandError('BadValue', '$not needs a regex or a document of operators');
}

/** The same for a single value, as `$elemMatch` has it. */
function denial(parts: readonly FieldTest[]): { test: ValueTest; expand: boolean; negated: boolean } {
  const tests = parts.map(({ test, expand, negated }): ValueTest => {
    const whole = expand === false ? test : expanding(test);
    return negated === true ? (value) => !whole(value) : whole;
  });
  return { test: (value) => tests.every((test) => test(value)), expand: false, negated: true };
}
