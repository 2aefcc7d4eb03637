import { Decimal128, Double, Int32, Long } from 'bson';
import { CommandError } from '../errors.ts';

/** A BSON number of any type. */
export type Numeric = Int32 | Double | Long | Decimal128;

/** The value as a JavaScript number, rounded where that cannot hold it. */
export function toNumber(value: Numeric): number {
  if (value instanceof Int32 || value instanceof Double) return value.value;
  return value instanceof Long ? value.toNumber() : Number(value.toString());
}

/** The order of two numbers by value, exact across types. NaN is less than every other and equal to itself. */
export function compareNumbers(a: Numeric, b: Numeric): number {
  const x = toNumber(a);
  const y = toNumber(b);
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(y)) - Number(Number.isNaN(x));
  const exact = isExact(a) && isExact(b);
  // Rounding keeps the order: only numbers that round to one double need a closer look.
  if (exact || x !== y || !Number.isFinite(x)) return x < y ? -1 : x > y ? 1 : 0;
  const [p, q] = fractionOf(a);
  const [r, s] = fractionOf(b);
  const left = p * s;
  const right = r * q;
  return left < right ? -1 : left > right ? 1 : 0;
}

function isExact(value: Numeric): boolean {
  return value instanceof Int32 || value instanceof Double;
}

/** The nearest double and the distance to it, when that is a whole number; undefined for other decimals. */
export function splitNumber(value: Numeric): readonly [number, number] | undefined {
  const nearest = toNumber(value);
  if (isExact(value) || !Number.isFinite(nearest)) return [nearest, 0];
  const [p, q] = fractionOf(value);
  const [r, s] = fractionOf(new Double(nearest));
  const distance = p * s - r * q;
  const unit = q * s;
  if (distance % unit !== 0n) return undefined;
  const whole = distance / unit;
  return whole >= -32768n && whole < 32768n ? [nearest, Number(whole)] : undefined;
}

function fractionOf(value: Numeric): readonly [bigint, bigint] {
  if (value instanceof Long) return [value.toBigInt(), 1n];
  if (value instanceof Decimal128) return decimalFraction(value.toString());
  let numerator = value.value;
  let denominator = 1n;
  while (!Number.isInteger(numerator)) {
    numerator *= 2;
    denominator *= 2n;
  }
  return [BigInt(numerator), denominator];
}

function decimalFraction(text: string): readonly [bigint, bigint] {
  const [digits = '0', exponent = '0'] = text.split('E');
  const [whole = '0', part = ''] = digits.split('.');
  const scale = Number(exponent) - part.length;
  const coefficient = BigInt(whole + part);
  return scale < 0 ? [coefficient, 10n ** BigInt(-scale)] : [coefficient * 10n ** BigInt(scale), 1n];
}

/** Arithmetic on two numbers with MongoDB's result types: int grows to long, a double makes a double. */
export function combine(a: Numeric, b: Numeric, operation: 'add' | 'multiply'): Numeric {
  if (a instanceof Decimal128 || b instanceof Decimal128) {
    throw new CommandError('NotImplemented', 'arithmetic on Decimal128 is not supported by this server');
  }
  if (a instanceof Double || b instanceof Double) {
    const [x, y] = [toNumber(a), toNumber(b)];
    return new Double(operation === 'add' ? x + y : x * y);
  }
  const [x, y] = [BigInt(a.toString()), BigInt(b.toString())];
  const result = operation === 'add' ? x + y : x * y;
  if (a instanceof Int32 && b instanceof Int32 && BigInt.asIntN(32, result) === result) {
    return new Int32(Number(result));
  }
  if (BigInt.asIntN(64, result) !== result) {
    throw new CommandError('BadValue', `Failed to apply ${operation}: the result does not fit 64 bits`);
  }
  return Long.fromBigInt(result);
}

/** The number as a BSON value: an int where it fits, else a double. */
export function fromNumber(value: number): Int32 | Double {
  return Number.isInteger(value) && (value | 0) === value && !Object.is(value, -0)
    ? new Int32(value)
    : new Double(value);
}
