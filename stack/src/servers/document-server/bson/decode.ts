import { BSON, type BSONRegExp as Regex } from 'bson';
import { CommandError } from '../errors.ts';
import type { Doc, Value } from './value.ts';

const {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} = BSON;

/** How deep documents may nest: MongoDB's own limit is 180 for what is stored, and some more for commands. */
export const maxDepth = 200;

/** One element of a document: where its name and its value lie in the document's bytes. */
export interface Element {
  readonly type: number;
  readonly name: string;
  /** Where the element begins, with its type byte. */
  readonly begin: number;
  /** Where the value begins. */
  readonly offset: number;
  readonly end: number;
}

/** The elements of a document, one level deep. Throws InvalidBSON for bytes that are no document. */
export function elementsOf(bytes: Buffer): Element[] {
  const elements: Element[] = [];
  try {
    for (const [type, nameOffset, nameLength, offset, length] of BSON.onDemand.parseToElements(bytes)) {
      const name = bytes.toString('utf8', nameOffset, nameOffset + nameLength);
      elements.push({ type, name, begin: nameOffset - 1, offset, end: offset + length });
    }
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
  return elements;
}

/** The document that the bytes hold. Throws InvalidBSON, and Overflow for one nested too deep. */
export function decode(bytes: Buffer, depth = 0): Doc {
  if (depth > maxDepth)
    throw new CommandError('Overflow', `Exceeded the nesting limit of ${maxDepth} levels`);
  const doc: Doc = new Map();
  for (const element of elementsOf(bytes)) doc.set(element.name, decodeElement(bytes, element, depth));
  return doc;
}

/** The value of one element. */
export function decodeElement(bytes: Buffer, { type, offset, end }: Element, depth = 0): Value {
  switch (type) {
    case 0x01:
      return new Double(bytes.readDoubleLE(offset));
    case 0x02:
      return readString(bytes, offset, end);
    case 0x03:
      return decode(bytes.subarray(offset, end), depth + 1);
    case 0x04:
      return [...decode(bytes.subarray(offset, end), depth + 1).values()];
    case 0x05:
      return readBinary(bytes, offset, end);
    case 0x07:
      return new ObjectId(Uint8Array.prototype.slice.call(bytes, offset, end));
    case 0x08:
      return bytes[offset] !== 0;
    case 0x09:
      return readDate(bytes, offset);
    case 0x0a:
      return null;
    case 0x0b:
      return readRegex(bytes, offset, end);
    case 0x0d:
      return new Code(readString(bytes, offset, end), null);
    case 0x0e:
      return new BSONSymbol(readString(bytes, offset, end));
    case 0x0f:
      return readScopedCode(bytes, offset, end, depth);
    case 0x10:
      return new Int32(bytes.readInt32LE(offset));
    case 0x11:
      return new Timestamp(new Long(bytes.readInt32LE(offset), bytes.readInt32LE(offset + 4), true));
    case 0x12:
      return new Long(bytes.readInt32LE(offset), bytes.readInt32LE(offset + 4));
    case 0x13:
      return new Decimal128(Uint8Array.prototype.slice.call(bytes, offset, end));
    case 0xff:
      return new MinKey();
    case 0x7f:
      return new MaxKey();
    default:
      throw invalid(`BSON type 0x${type.toString(16)} is not supported`);
  }
}

function readString(bytes: Buffer, offset: number, end: number): string {
  const stop = offset + 4 + bytes.readInt32LE(offset);
  if (stop > end || stop < offset + 5) throw invalid('a string exceeds its element');
  return bytes.toString('utf8', offset + 4, stop - 1);
}

function readDate(bytes: Buffer, offset: number): Date {
  const date = new Date(Number(bytes.readBigInt64LE(offset)));
  if (Number.isNaN(date.getTime())) throw invalid('a date beyond the years that this server can hold');
  return date;
}

function readBinary(bytes: Buffer, offset: number, end: number): Value {
  const subtype = bytes[offset + 4] ?? 0;
  // Subtype 2 repeats the length inside; the driver's class writes that inner length again.
  const start = subtype === 2 ? offset + 9 : offset + 5;
  return new Binary(Uint8Array.prototype.slice.call(bytes, start, end), subtype);
}

function readRegex(bytes: Buffer, offset: number, end: number): Regex {
  const middle = bytes.indexOf(0, offset);
  return new BSONRegExp(bytes.toString('utf8', offset, middle), bytes.toString('utf8', middle + 1, end - 1));
}

function readScopedCode(bytes: Buffer, offset: number, end: number, depth: number): Value {
  const codeEnd = offset + 8 + bytes.readInt32LE(offset + 4);
  if (codeEnd > end) throw invalid('code exceeds its element');
  const scope = decode(bytes.subarray(codeEnd, end), depth + 1);
  return new Code(readString(bytes, offset + 4, codeEnd), Object.fromEntries(scope));
}

function invalid(reason: string): CommandError {
  return new CommandError('InvalidBSON', `Invalid BSON: ${reason}`);
}
