import { serialize } from 'bson';
import { CommandError } from '../errors.ts';
import { elementsOf } from './decode.ts';
import type { Doc } from './value.ts';

/** The largest document that is stored: 16 MiB, MongoDB's own limit. */
export const maxDocumentBytes = 16 * 1024 * 1024;

/** The bytes of a document. Throws BSONObjectTooLarge beyond 16 MiB and some room for a reply's own fields. */
export function encode(doc: ReadonlyMap<string, unknown>): Buffer {
  try {
    const bytes = serialize(doc, { ignoreUndefined: true });
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge('more than the largest message');
    throw error;
  }
}

/** The refusal of a document beyond 16 MiB. */
export function tooLarge(size: number | string): CommandError {
  return new CommandError(
    'BSONObjectTooLarge',
    `BSONObj size: ${size} is invalid. Size must be between 0 and ${maxDocumentBytes}(16MB)`,
  );
}

/** The same document with `_id` as its first field, made of `idElement` when the document has none. */
export function withIdFirst(bytes: Buffer, idElement: () => Buffer): Buffer {
  const elements = elementsOf(bytes);
  const id = elements.find(({ name }) => name === '_id');
  if (id !== undefined && id === elements[0]) return bytes;
  const idBytes = id === undefined ? idElement() : bytes.subarray(id.begin, id.end);
  const others = elements.filter((element) => element !== id);
  return documentOf([idBytes, ...others.map(({ begin, end }) => bytes.subarray(begin, end))]);
}

/** A document made of the bytes of its elements. */
export function documentOf(elements: readonly Buffer[]): Buffer {
  const length = elements.reduce((sum, { byteLength }) => sum + byteLength, 5);
  const head = Buffer.allocUnsafe(4);
  head.writeInt32LE(length);
  return Buffer.concat([head, ...elements, Buffer.of(0)], length);
}

/** An array element of a document, holding the documents as they are. */
export function arrayElement(name: string, documents: readonly Buffer[]): Buffer {
  const entries = documents.flatMap((bytes, at) => [Buffer.from(`\x03${at}\0`, 'latin1'), bytes]);
  return Buffer.concat([Buffer.from(`\x04${name}\0`), documentOf(entries)]);
}

/** An element that holds a document. */
export function documentElement(name: string, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`\x03${name}\0`), bytes]);
}

/** The elements of a small document, to be put into another one made of bytes. */
export function elementBytes(doc: Doc): Buffer {
  const bytes = encode(doc);
  return bytes.subarray(4, bytes.byteLength - 1);
}
