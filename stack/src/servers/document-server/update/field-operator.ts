import { Double, Int32, Long, Timestamp } from 'bson';
import { combine } from '../bson/number.ts';
import { compareValues } from '../bson/order.ts';
import { printDoc, printValue } from '../bson/print.ts';
import { type Doc, isDoc, isNumeric, typeName, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import type { Slot } from './slot.ts';

/** What one operator does to one slot; `doc` is the whole document, for messages. */
export type Apply = (slot: Slot, doc: Doc) => void;

/** One operator with its operand, ready to be applied. */
export interface FieldChange {
  readonly apply: Apply;
  /** Whether missing documents on the path are made. */
  readonly create: boolean;
}

/** The operators that write one field: `$set`, `$unset`, `$inc`, `$mul`, `$min`, `$max`, `$currentDate`, `$bit`. */
export function compileFieldOperator(
  operator: string,
  operand: Value,
  path: string,
): FieldChange | undefined {
  switch (operator) {
    case '$set':
    case '$setOnInsert':
      return { create: true, apply: (slot) => slot.set(copyOf(operand)) };
    case '$unset':
      return { create: false, apply: (slot) => slot.remove() };
    case '$inc':
      return { create: true, apply: arithmetic('$inc', 'add', operand, path) };
    case '$mul':
      return { create: true, apply: arithmetic('$mul', 'multiply', operand, path) };
    case '$min':
      return { create: true, apply: extreme(operand, -1) };
    case '$max':
      return { create: true, apply: extreme(operand, 1) };
    case '$currentDate':
      return { create: true, apply: currentDate(operand) };
    case '$bit':
      return { create: true, apply: bitwise(operand) };
    default:
      return undefined;
  }
}

/** A copy that shares nothing with the command: two documents must not hold one array. */
export function copyOf(value: Value): Value {
  if (Array.isArray(value)) return value.map(copyOf);
  return isDoc(value) ? new Map([...value].map(([name, item]) => [name, copyOf(item)])) : value;
}

function arithmetic(operator: string, operation: 'add' | 'multiply', operand: Value, path: string): Apply {
  if (!isNumeric(operand)) {
    const verb = operation === 'add' ? 'increment' : 'multiply';
    throw new CommandError(
      'TypeMismatch',
      `Cannot ${verb} with non-numeric argument: {${path}: ${printValue(operand)}}`,
    );
  }
  return (slot, doc) => {
    const value = slot.get();
    if (value === undefined)
      slot.set(operation === 'add' ? operand : combine(operand, new Int32(0), operation));
    else if (isNumeric(value)) slot.set(combine(value, operand, operation));
    else {
      const id = printDoc(new Map([['_id', doc.get('_id')]]));
      throw new CommandError(
        'TypeMismatch',
        `Cannot apply ${operator} to a value of non-numeric type. ${id} has the field '${slot.path}' of non-numeric type ${typeName(value)}`,
      );
    }
  };
}

function extreme(operand: Value, sign: 1 | -1): Apply {
  return (slot) => {
    const value = slot.get();
    if (value === undefined || compareValues(operand, value) * sign > 0) slot.set(copyOf(operand));
  };
}

function currentDate(operand: Value): Apply {
  const type = isDoc(operand) ? operand.get('$type') : undefined;
  const valid = typeof operand === 'boolean' || type === 'date' || type === 'timestamp';
  if (!valid) throw new CommandError('BadValue', `${printValue(operand)} is not valid for $currentDate`);
  return (slot) => {
    const now = Date.now();
    slot.set(type === 'timestamp' ? new Timestamp({ t: Math.floor(now / 1000), i: 1 }) : new Date(now));
  };
}

function bitwise(operand: Value): Apply {
  const steps = isDoc(operand) ? [...operand] : [];
  const valid = steps.every(([name, by]) => ['and', 'or', 'xor'].includes(name) && isInteger(by));
  if (steps.length === 0 || !valid)
    throw new CommandError('BadValue', 'The $bit modifier needs and, or, xor with integers');
  return (slot) => {
    for (const [name, by] of steps) {
      const value = slot.get() ?? new Int32(0);
      if (!isInteger(value) || !isInteger(by)) {
        throw new CommandError(
          'BadValue',
          `Cannot apply $bit to a value of non-integral type: ${typeName(value)}`,
        );
      }
      const [x, y] = [BigInt(value.toString()), BigInt(by.toString())];
      const result = name === 'and' ? x & y : name === 'or' ? x | y : x ^ y;
      slot.set(
        value instanceof Int32 && by instanceof Int32 ? new Int32(Number(result)) : Long.fromBigInt(result),
      );
    }
  };
}

function isInteger(value: Value): value is Int32 | Long {
  return isNumeric(value) && !(value instanceof Double) && value._bsontype !== 'Decimal128';
}
