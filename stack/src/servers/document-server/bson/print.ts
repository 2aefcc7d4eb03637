import { Binary, Code, Decimal128, Double, Int32, Long, ObjectId } from 'bson';
import { isDoc, type Value } from './value.ts';

/** A value as MongoDB's error messages show it. */
export function printValue(value: Value): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[ ${value.map(printValue).join(', ')} ]`;
  if (isDoc(value)) return printDoc(value);
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (value instanceof Double)
    return Number.isInteger(value.value) ? value.value.toFixed(1) : String(value.value);
  if (value instanceof Int32 || value instanceof Long) return value.toString();
  if (value instanceof Decimal128) return `Decimal128('${value.toString()}')`;
  if (value instanceof Binary && value.sub_type === Binary.SUBTYPE_UUID) {
    return `UUID("${Buffer.from(value.buffer)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}")`;
  }
  if (value instanceof Binary) {
    return `BinData(${value.sub_type}, ${Buffer.from(value.buffer).toString('hex').toUpperCase()})`;
  }
  return value instanceof Code ? String(value.code) : String(value);
}

/** A document as MongoDB's error messages show it. */
export function printDoc(doc: ReadonlyMap<string, Value>): string {
  if (doc.size === 0) return '{}';
  return `{ ${[...doc].map(([name, value]) => `${name}: ${printValue(value)}`).join(', ')} }`;
}
