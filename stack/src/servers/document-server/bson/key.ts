import { Binary, BSONRegExp, BSONSymbol, Code, type ObjectId, Timestamp } from 'bson';
import { CommandError } from '../errors.ts';
import { splitNumber } from './number.ts';
import { type Doc, isDoc, isNumeric, Rank, rankOf, type Value } from './value.ts';

// Keys are bytes whose order is the order of the BSON values they stand for, so that SQLite, which compares
// blobs byte by byte, keeps an index in MongoDB's order. No key is the beginning of another: a compound key
// is the keys of its parts in a row, and a descending part has all its bits turned over.

/** Collects the bytes of one key. */
class KeyWriter {
  #bytes = Buffer.allocUnsafe(96);
  #length = 0;

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.byteLength);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.byteLength;
  }

  /** Text ends with two zero bytes; a zero byte inside is followed by 0xff. */
  text(text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    let from = 0;
    for (let zero = bytes.indexOf(0); zero !== -1; zero = bytes.indexOf(0, from)) {
      this.raw(bytes.subarray(from, zero));
      this.byte(0);
      this.byte(0xff);
      from = zero + 1;
    }
    this.raw(from === 0 ? bytes : bytes.subarray(from));
    this.byte(0);
    this.byte(0);
  }

  /** A double in an order that unsigned bytes have too: negative ones turned over, the others shifted up. */
  double(value: number): void {
    this.#room(8);
    const target = this.#bytes.subarray(this.#length, this.#length + 8);
    if (Number.isNaN(value)) target.fill(0);
    else {
      target.writeDoubleBE(value === 0 ? 0 : value);
      if (value < 0) for (let at = 0; at < 8; at += 1) target[at] = ~(target[at] ?? 0);
      else target[0] = (target[0] ?? 0) | 0x80;
    }
    this.#length += 8;
  }

  int64(value: bigint): void {
    this.#room(8);
    this.#bytes.writeBigUInt64BE(BigInt.asUintN(64, value + 2n ** 63n), this.#length);
    this.#length += 8;
  }

  uint(value: number, size: 2 | 4): void {
    this.#room(size);
    this.#bytes.writeUIntBE(value, this.#length, size);
    this.#length += size;
  }

  invertFrom(start: number): void {
    for (let at = start; at < this.#length; at += 1) this.#bytes[at] = ~(this.#bytes[at] ?? 0);
  }

  get length(): number {
    return this.#length;
  }

  take(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  reset(): void {
    this.#length = 0;
  }

  #room(size: number): void {
    if (this.#length + size <= this.#bytes.byteLength) return;
    const grown = Buffer.allocUnsafe((this.#length + size) * 2);
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

const writer = new KeyWriter();

/** The key of one value, or of several in a row; `directions` says which of them go down. */
export function toKey(values: readonly Value[], directions: readonly number[] = []): Buffer {
  writer.reset();
  for (const [at, value] of values.entries()) {
    const start = writer.length;
    writeValue(value);
    if ((directions[at] ?? 1) < 0) writer.invertFrom(start);
  }
  return writer.take();
}

function writeValue(value: Value): void {
  const rank = rankOf(value);
  writer.byte(rank);
  if (typeof value === 'string') writer.text(value);
  else if (typeof value === 'boolean') writer.byte(Number(value));
  else if (isNumeric(value)) writeNumber(value);
  else if (value instanceof Date) writer.int64(BigInt(value.getTime()));
  else if (isDoc(value)) writeFields(value);
  else if (Array.isArray(value)) {
    for (const item of value) writeValue(item);
    writer.byte(0);
  } else if (rank === Rank.objectId) writer.raw((value as ObjectId).id);
  else if (value instanceof Binary) {
    writer.uint(value.position, 4);
    writer.byte(value.sub_type);
    writer.raw(value.buffer.subarray(0, value.position));
  } else if (value instanceof Timestamp) {
    writer.uint(value.t, 4);
    writer.uint(value.i, 4);
  } else if (value instanceof BSONRegExp) {
    writer.text(value.pattern);
    writer.text(value.options);
  } else if (value instanceof BSONSymbol) writer.text(value.value);
  else if (value instanceof Code) writer.text(String(value.code) + JSON.stringify(value.scope ?? {}));
}

function writeFields(doc: Doc): void {
  for (const [name, value] of doc) {
    // Of two documents the types of the first differing fields count first, then the names, then the values.
    writer.byte(rankOf(value));
    writer.text(name);
    writeValue(value);
  }
  writer.byte(0);
}

function writeNumber(value: Parameters<typeof splitNumber>[0]): void {
  const parts = splitNumber(value);
  if (parts === undefined) {
    throw new CommandError(
      'NotImplemented',
      `the decimal ${value.toString()} cannot be indexed or sorted by`,
    );
  }
  writer.double(parts[0]);
  writer.uint(parts[1] + 32768, 2);
}

/** The least key greater than every key that begins with these bytes. */
export function afterPrefix(prefix: Buffer): Buffer {
  let end = prefix.byteLength;
  while (end > 0 && prefix[end - 1] === 0xff) end -= 1;
  const next = Buffer.from(prefix.subarray(0, end));
  if (end > 0) next[end - 1] = (prefix[end - 1] ?? 0) + 1;
  return next;
}
