import { BSONRegExp, BSONSymbol, Double, Int32, Long } from 'bson';
import { fromBsonRegExp } from '../filter/regex.ts';
import { fromNumber } from './number.ts';
import { type Doc, isDoc, isNumeric, type Value } from './value.ts';

/** What mingo works on: plain objects and JavaScript numbers. Long beyond 2^53 and Decimal128 stay as they are. */
export type Plain = unknown;

const plainDocs = new WeakMap<Doc, Readonly<Record<string, Plain>>>();

/** The plain form of a value. That of a document is made once: whoever has a document in hand no longer changes it. */
export function toPlain(value: Value): Plain {
  if (value instanceof Int32 || value instanceof Double) return value.value;
  if (isNumeric(value)) {
    const number = value instanceof Long ? value.toNumber() : Number.NaN;
    return Number.isSafeInteger(number) ? number : value;
  }
  if (Array.isArray(value)) return value.map(toPlain);
  if (isDoc(value)) return toPlainDoc(value);
  if (value instanceof BSONRegExp) return fromBsonRegExp(value);
  return value instanceof BSONSymbol ? value.value : value;
}

function toPlainDoc(doc: Doc): Readonly<Record<string, Plain>> {
  const known = plainDocs.get(doc);
  if (known !== undefined) return known;
  const plain: Record<string, Plain> = {};
  for (const [name, value] of doc) {
    Object.defineProperty(plain, name, {
      value: toPlain(value),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  plainDocs.set(doc, plain);
  return plain;
}

/** The BSON form of what mingo computed; in an array what is not there becomes null. */
export function fromPlain(plain: Plain): Value {
  if (typeof plain === 'number') return fromNumber(plain);
  if (typeof plain === 'bigint') return Long.fromBigInt(plain);
  if (Array.isArray(plain)) return plain.map((item) => fromPlain(item) ?? null);
  if (plain instanceof RegExp) return new BSONRegExp(plain.source, plain.flags.replace('u', ''));
  if (typeof plain === 'object' && plain !== null && Object.getPrototypeOf(plain) === Object.prototype) {
    const doc: Doc = new Map();
    for (const [name, item] of Object.entries(plain)) {
      if (item !== undefined) doc.set(name, fromPlain(item));
    }
    return doc;
  }
  return asValue(plain);
}

/** The one place that trusts a value of mingo to be one of the BSON classes that went in. */
function asValue(plain: Plain): Value {
  return plain as Value;
}
