import { BSONRegExp } from 'bson';
import { afterPrefix, toKey } from '../bson/key.ts';
import { toNumber } from '../bson/number.ts';
import { isDoc, isNumeric, Rank, rankOf, type Value } from '../bson/value.ts';
import type { Bound, Condition } from '../filter/filter.ts';

/** A stretch of keys: from `low` up to, but without, `high`. */
export interface Interval {
  readonly low: Buffer;
  readonly high: Buffer;
}

/** All keys there are: no key begins with 0x00 or 0xff. */
export const everything: Interval = { low: Buffer.alloc(0), high: Buffer.of(0xff) };

/** What the conditions on one field leave of an index below one prefix. */
export interface Narrowing {
  readonly intervals: readonly Interval[];
  /** Whether every interval is a single value, and then how many there are. */
  readonly points: number | undefined;
  /** The conditions that hold for every key in the intervals, so that they need no second look. */
  readonly settled: readonly Condition[];
}

/** Whether the value can be looked up in an index and found there exactly. */
function isPoint(value: Value): boolean {
  return !(Array.isArray(value) || value instanceof BSONRegExp || isNaNumber(value) || isInexact(value));
}

function isNaNumber(value: Value): boolean {
  return isNumeric(value) && Number.isNaN(toNumber(value));
}

/** Decimals that no double or long equals have no key; such a field is not looked up. */
function isInexact(value: Value): boolean {
  if (isDoc(value)) return [...value.values()].some((item) => Array.isArray(item) || isInexact(item));
  return isNumeric(value) && value._bsontype === 'Decimal128';
}

/**
 * The stretches below `prefix` that can hold what the conditions ask of one field. On a field that comes out
 * of arrays only one condition counts: several may be met by different items.
 */
export function narrow(
  conditions: readonly Condition[],
  prefix: Buffer,
  direction: 1 | -1,
  multikey: boolean,
): Narrowing | undefined {
  const bounds = conditions.flatMap((condition) =>
    condition.bound === undefined ? [] : [{ condition, bound: condition.bound }],
  );
  const equal = bounds.find(({ bound }) => bound.operator === '$eq' && isPoint(bound.operand));
  if (equal !== undefined) {
    const exact = equal.bound.operand !== null && equal.bound.operand !== undefined;
    return {
      intervals: [pointInterval(prefix, equal.bound.operand, direction)],
      points: 1,
      settled: exact ? [equal.condition] : [],
    };
  }
  const member = bounds.find(({ bound }) => isPointList(bound));
  if (member !== undefined) return narrowToList(member.bound.operand, prefix, direction, member.condition);
  const ranges = bounds.filter(({ bound }) => isRange(bound));
  const [first] = ranges;
  if (first === undefined) return undefined;
  const rank = rankOf(first.bound.operand);
  const used = ranges
    .filter(({ bound }) => rankOf(bound.operand) === rank)
    .slice(0, multikey ? 1 : undefined);
  return {
    intervals: [
      rangeInterval(
        prefix,
        rank,
        used.map(({ bound }) => bound),
        direction,
      ),
    ],
    points: undefined,
    settled: used.map(({ condition }) => condition),
  };
}

function isPointList({ operator, operand }: Bound): boolean {
  return operator === '$in' && Array.isArray(operand) && operand.length <= 1000 && operand.every(isPoint);
}

function narrowToList(operand: Value, prefix: Buffer, direction: 1 | -1, condition: Condition): Narrowing {
  const list = Array.isArray(operand) ? operand : [];
  const intervals = list.map((value) => pointInterval(prefix, value, direction));
  intervals.sort((a, b) => Buffer.compare(a.low, b.low));
  const apart = intervals.filter(({ low }, at) => at === 0 || intervals[at - 1]?.low.equals(low) === false);
  const exact = list.every((value) => value !== null && value !== undefined);
  return { intervals: apart, points: apart.length, settled: exact ? [condition] : [] };
}

function pointInterval(prefix: Buffer, value: Value, direction: 1 | -1): Interval {
  const low = Buffer.concat([prefix, toKey([value ?? null], [direction])]);
  return { low, high: afterPrefix(low) };
}

const rangeRanks: readonly number[] = [
  Rank.number,
  Rank.string,
  Rank.date,
  Rank.objectId,
  Rank.boolean,
  Rank.timestamp,
];

function isRange({ operator, operand }: Bound): boolean {
  const isOrder = operator !== '$eq' && operator !== '$in' && operator !== '$exists';
  return isOrder && isPoint(operand) && rangeRanks.includes(rankOf(operand));
}

/** NaN is a number that no range of numbers holds: its key, of eight zero bytes, lies below all of them. */
function rangeInterval(prefix: Buffer, rank: number, bounds: readonly Bound[], direction: 1 | -1): Interval {
  const flip = (bytes: Buffer): Buffer => (direction > 0 ? bytes : Buffer.from(bytes.map((byte) => ~byte)));
  const bracket = rank === Rank.number ? Buffer.from([rank, 0, 0, 0, 0, 0, 0, 0, 1]) : Buffer.of(rank);
  let low: Buffer = Buffer.concat([prefix, flip(direction > 0 ? bracket : Buffer.of(rank))]);
  let high =
    direction > 0 || rank !== Rank.number
      ? afterPrefix(Buffer.concat([prefix, flip(Buffer.of(rank))]))
      : Buffer.concat([prefix, flip(bracket)]);
  for (const { operator, operand } of bounds) {
    const key = Buffer.concat([prefix, toKey([operand], [direction])]);
    const upward = (operator === '$gt' || operator === '$gte') === direction > 0;
    const inclusive = operator === '$gte' || operator === '$lte';
    if (upward) low = later(low, inclusive ? key : afterPrefix(key));
    else high = earlier(high, inclusive ? afterPrefix(key) : key);
  }
  return { low, high };
}

function later(a: Buffer, b: Buffer): Buffer {
  return Buffer.compare(a, b) > 0 ? a : b;
}

function earlier(a: Buffer, b: Buffer): Buffer {
  return Buffer.compare(a, b) < 0 ? a : b;
}
