import { Binary, BSONRegExp, BSONSymbol, type ObjectId } from 'bson';
import { toKey } from './key.ts';
import { compareNumbers } from './number.ts';
import { isNumeric, Rank, rankOf, type Value } from './value.ts';

/** MongoDB's order of any two values: by type first, then by value. 0 for equal ones, int 1 and double 1.0 too. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  const rank = rankOf(a);
  const difference = rank - rankOf(b);
  if (difference !== 0) return difference;
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b);
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime();
  if (typeof a === 'boolean') return Number(a) - Number(b);
  if (rank === Rank.objectId) return Buffer.compare((a as ObjectId).id, (b as ObjectId).id);
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b);
  if (a instanceof Map && b instanceof Map) return compareFields(a, b);
  if (a instanceof Binary || a instanceof BSONRegExp || rank > Rank.date) {
    return Buffer.compare(toKey([a]), toKey([b]));
  }
  return rank === Rank.string ? compareStrings(textOf(a), textOf(b)) : 0;
}

/** Whether two values are equal as MongoDB's filters see it: of one type group and the same value. */
export function equalValues(a: Value, b: Value): boolean {
  return compareValues(a, b) === 0;
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  for (let at = 0; at < a.length && at < b.length; at += 1) {
    const order = compareValues(a[at], b[at]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareFields(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): number {
  const others = b.entries();
  for (const [name, value] of a) {
    const next = others.next();
    if (next.done) return 1;
    const [otherName, other] = next.value;
    const order =
      rankOf(value) - rankOf(other) || compareStrings(name, otherName) || compareValues(value, other);
    if (order !== 0) return order;
  }
  return a.size - b.size;
}

function textOf(value: Value): string {
  return value instanceof BSONSymbol ? value.value : String(value);
}

/** The order of the UTF-8 bytes, which is that of code points; JavaScript's own puts U+FFFF after U+10000. */
function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const x = a.charCodeAt(at);
    const y = b.charCodeAt(at);
    if (x !== y) return codePointOrder(x) - codePointOrder(y);
  }
  return a.length - b.length;
}

function codePointOrder(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit > 0xdfff ? unit - 0x800 : unit + 0x2000;
}
