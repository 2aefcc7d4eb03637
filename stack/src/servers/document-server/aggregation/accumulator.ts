import { Double, Int32 } from 'bson';
import { toKey } from '../bson/key.ts';
import { combine, type Numeric, toNumber } from '../bson/number.ts';
import { compareValues } from '../bson/order.ts';
import { isDoc, isNumeric, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';

/** Gathers the values of one field of a group. */
export interface Accumulator {
  add(value: Value): void;
  result(): Value;
}

/** Makes an accumulator by the name of its operator. Throws for one that this server has not. */
export function createAccumulator(operator: string): Accumulator {
  const create = accumulators[operator];
  if (create !== undefined) return create();
  throw new CommandError('InvalidPipelineOperator', `unknown group operator '${operator}'`);
}

const accumulators: Readonly<Record<string, () => Accumulator>> = {
  $sum: () => {
    let total: Numeric = new Int32(0);
    return {
      add: (value) => {
        if (isNumeric(value)) total = combine(total, value, 'add');
      },
      result: () => total,
    };
  },
  $count: () => {
    let count = 0;
    return {
      add: () => {
        count += 1;
      },
      result: () => new Int32(count),
    };
  },
  $avg: () => {
    let sum = 0;
    let count = 0;
    return {
      add: (value) => {
        if (!isNumeric(value)) return;
        if (value._bsontype === 'Decimal128') combine(value, new Int32(0), 'add');
        sum += toNumber(value);
        count += 1;
      },
      result: () => (count === 0 ? null : new Double(sum / count)),
    };
  },
  $min: () => extreme(-1),
  $max: () => extreme(1),
  $first: () => {
    let first: { value: Value } | undefined;
    return {
      add: (value) => {
        first ??= { value };
      },
      result: () => first?.value ?? null,
    };
  },
  $last: () => {
    let last: Value;
    return {
      add: (value) => {
        last = value;
      },
      result: () => last ?? null,
    };
  },
  $push: () => {
    const values: Value[] = [];
    return {
      add: (value) => {
        if (value !== undefined) values.push(value);
      },
      result: () => values,
    };
  },
  $addToSet: () => {
    const values = new Map<string, Value>();
    return {
      add: (value) => {
        if (value !== undefined) values.set(toKey([value]).toString('latin1'), value);
      },
      result: () => [...values.values()],
    };
  },
  $mergeObjects: () => {
    const merged = new Map<string, Value>();
    return {
      add: (value) => {
        if (isDoc(value)) for (const [name, item] of value) merged.set(name, item);
        else if (value !== undefined && value !== null)
          throw new CommandError('BadValue', '$mergeObjects requires object inputs');
      },
      result: () => merged,
    };
  },
};

function extreme(sign: 1 | -1): Accumulator {
  let best: Value;
  return {
    add: (value) => {
      if (value === undefined || value === null) return;
      if (best === undefined || compareValues(value, best) * sign > 0) best = value;
    },
    result: () => best ?? null,
  };
}
