import { BSONRegExp } from 'bson';
import { toKey } from '../bson/key.ts';
import { toNumber } from '../bson/number.ts';
import { compareValues, equalValues } from '../bson/order.ts';
import { valueAt } from '../bson/path.ts';
import { printDoc, printValue } from '../bson/print.ts';
import { type Doc, isDoc, isNumeric, typeName, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { equalTo, matching, type ValueTest } from '../filter/comparison.ts';
import { isOperatorDoc, itemTest } from '../filter/operator.ts';
import { parseSort } from '../query/sort.ts';
import { type Apply, copyOf, type FieldChange } from './field-operator.ts';
import type { Slot } from './slot.ts';

/** The operators that change an array: `$push`, `$addToSet`, `$pop`, `$pull`, `$pullAll`. */
export function compileArrayOperator(operator: string, operand: Value): FieldChange | undefined {
  switch (operator) {
    case '$push':
      return { create: true, apply: push(operand) };
    case '$addToSet':
      return { create: true, apply: addToSet(operand) };
    case '$pop':
      return { create: false, apply: pop(operand) };
    case '$pull':
      return { create: false, apply: pull(operator, pullTest(operand)) };
    case '$pullAll': {
      if (!Array.isArray(operand)) throw new CommandError('BadValue', '$pullAll requires an array argument');
      const tests = operand.map(equalTo);
      return { create: false, apply: pull(operator, (item) => tests.some((test) => test(item))) };
    }
    default:
      return undefined;
  }
}

/** The array in a slot, empty when there is none yet. */
function arrayIn(slot: Slot, doc: Doc): Value[] {
  const value = slot.get();
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  const id = printDoc(new Map([['_id', doc.get('_id')]]));
  throw new CommandError(
    'BadValue',
    `The field '${slot.path}' must be an array but is of type ${typeName(value)} in document ${id}`,
  );
}

function eachOf(operator: string, operand: Value): Value[] {
  if (!isDoc(operand) || !operand.has('$each')) return [operand];
  const each = operand.get('$each');
  if (Array.isArray(each)) return each;
  throw new CommandError(
    'BadValue',
    `The argument to $each in ${operator} must be an array but it was ${printValue(each)}`,
  );
}

function push(operand: Value): Apply {
  const items = eachOf('$push', operand);
  const modifiers: Doc = isDoc(operand) && operand.has('$each') ? operand : new Map();
  const unknown = [...modifiers.keys()].find(
    (name) => !['$each', '$position', '$slice', '$sort'].includes(name),
  );
  if (unknown !== undefined) throw new CommandError('BadValue', `Unrecognized clause in $push: ${unknown}`);
  const position = wholeNumber(modifiers, '$position');
  const slice = wholeNumber(modifiers, '$slice');
  const compare = itemOrder(modifiers.get('$sort'));
  return (slot, doc) => {
    const array = [...arrayIn(slot, doc)];
    array.splice(position ?? array.length, 0, ...items.map(copyOf));
    if (compare !== undefined) array.sort(compare);
    if (slice === undefined) slot.set(array);
    else slot.set(slice < 0 ? array.slice(slice) : array.slice(0, slice));
  };
}

function wholeNumber(modifiers: Doc, name: string): number | undefined {
  const value = modifiers.get(name);
  if (value === undefined) return undefined;
  if (isNumeric(value) && Number.isInteger(toNumber(value))) return toNumber(value);
  throw new CommandError(
    'BadValue',
    `The value for ${name} must be an integer value but was given type: ${typeName(value)}`,
  );
}

function itemOrder(sort: Value): ((a: Value, b: Value) => number) | undefined {
  if (sort === undefined) return undefined;
  if (isNumeric(sort)) {
    const sign = toNumber(sort);
    if (sign !== 1 && sign !== -1)
      throw new CommandError('BadValue', 'The $sort element value must be either 1 or -1');
    return (a, b) => compareValues(a, b) * sign;
  }
  const parts = parseSort(sort);
  const directions = parts.map(({ direction }) => direction);
  const keyOf = (item: Value): Buffer =>
    toKey(
      parts.map(({ parts: path }) => (isDoc(item) ? (valueAt(item, path) ?? null) : null)),
      directions,
    );
  return (a, b) => Buffer.compare(keyOf(a), keyOf(b));
}

function addToSet(operand: Value): Apply {
  const items = eachOf('$addToSet', operand);
  if (isDoc(operand) && operand.has('$each') && operand.size > 1) {
    throw new CommandError('BadValue', 'Found unexpected fields after $each in $addToSet');
  }
  return (slot, doc) => {
    const array = [...arrayIn(slot, doc)];
    for (const item of items) if (!array.some((other) => equalValues(other, item))) array.push(copyOf(item));
    slot.set(array);
  };
}

function pop(operand: Value): Apply {
  const end = isNumeric(operand) ? toNumber(operand) : 0;
  if (end !== 1 && end !== -1) throw new CommandError('FailedToParse', '$pop expects 1 or -1');
  return (slot) => {
    const value = slot.get();
    if (value === undefined) return;
    if (!Array.isArray(value)) {
      throw new CommandError(
        'TypeMismatch',
        `Path '${slot.path}' contains an element of non-array type '${typeName(value)}'`,
      );
    }
    slot.set(end === 1 ? value.slice(0, -1) : value.slice(1));
  };
}

function pull(operator: string, test: ValueTest): Apply {
  return (slot) => {
    const value = slot.get();
    if (value === undefined) return;
    if (!Array.isArray(value))
      throw new CommandError('BadValue', `Cannot apply ${operator} to a non-array value`);
    slot.set(value.filter((item) => !test(item)));
  };
}

function pullTest(operand: Value): ValueTest {
  if (operand instanceof BSONRegExp) return matching(operand);
  if (!isDoc(operand)) return equalTo(operand);
  if (isOperatorDoc(operand)) return itemTest(operand);
  const fields = itemTest(operand);
  return (item) => isDoc(item) && fields(item);
}
