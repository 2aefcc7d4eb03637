import { decode, decodeElement, elementsOf } from '../bson/decode.ts';
import type { Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { FrameError } from './frame.ts';

// The MongoDB wire protocol: a header of four int32 (length, request id, response to, opcode), then the body.
// https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/

const opReply = 1;
const opQuery = 2004;
const opMsg = 2013;

const checksumPresent = 1;
const moreToCome = 2;
const requiredFlags = 0xffff;

/** One command as a client sent it. */
export interface Request {
  readonly requestId: number;
  /** The command's fields, its name first; of `documents` only what {@link documents} does not hold. */
  readonly body: Doc;
  /** The documents of an insert, as bytes. */
  readonly documents: readonly Buffer[];
  /** Whether it came as the old OP_QUERY, which only the first hello does. */
  readonly legacy: boolean;
  /** Whether the client waits for an answer. */
  readonly awaited: boolean;
  /** Why the body could not be read: the answer to such a request. */
  readonly refusal?: CommandError;
}

/** Reads one message. Throws FrameError for what is no message; a body that nests too deep is a refusal. */
export function parseRequest(message: Buffer): Request {
  const requestId = message.readInt32LE(4);
  const opcode = message.readInt32LE(12);
  try {
    if (opcode === opMsg) return parseMsg(message, requestId);
    if (opcode === opQuery) return parseQuery(message, requestId);
  } catch (error) {
    // Reading past the end of a message is the only RangeError here.
    if (error instanceof RangeError) throw new FrameError('a message shorter than it says');
    if (!(error instanceof CommandError) || error.codeName !== 'Overflow') throw error;
    const legacy = opcode === opQuery;
    const awaited = legacy || (message.readUInt32LE(16) & moreToCome) === 0;
    return { requestId, body: new Map(), documents: [], legacy, awaited, refusal: error };
  }
  throw new FrameError(`opcode ${opcode} is not supported`);
}

function parseMsg(message: Buffer, requestId: number): Request {
  const flags = message.readUInt32LE(16);
  if ((flags & requiredFlags & ~(checksumPresent | moreToCome)) !== 0) throw new FrameError('unknown flags');
  const end = message.byteLength - ((flags & checksumPresent) === 0 ? 0 : 4);
  let body: Doc | undefined;
  const documents: Buffer[] = [];
  const sequences: (readonly [string, Doc[]])[] = [];
  for (let at = 20; at < end; ) {
    const kind = message.readUInt8(at);
    const size = message.readInt32LE(at + 1);
    if (size < 5 || at + 1 + size > end) throw new FrameError('a section exceeds its message');
    const section = message.subarray(at + 1, at + 1 + size);
    if (kind === 0 && body === undefined) body = parseBody(section, documents);
    else if (kind === 1) sequences.push(...parseSequence(section, documents));
    else throw new FrameError(`a section of kind ${kind}`);
    at += 1 + size;
  }
  if (body === undefined) throw new FrameError('a message without a body');
  for (const [name, docs] of sequences) body.set(name, docs);
  return { requestId, body, documents, legacy: false, awaited: (flags & moreToCome) === 0 };
}

/** Documents to be inserted stay bytes: they are stored as they came. */
function parseBody(bytes: Buffer, documents: Buffer[]): Doc {
  const body: Doc = new Map();
  for (const element of elementsOf(bytes)) {
    if (element.name === 'documents' && element.type === 0x04) {
      const list = bytes.subarray(element.offset, element.end);
      for (const { type, offset, end } of elementsOf(list)) {
        if (type !== 0x03) throw new FrameError('an insert of something else than documents');
        documents.push(list.subarray(offset, end));
      }
    } else body.set(element.name, decodeElement(bytes, element));
  }
  return body;
}

function parseSequence(section: Buffer, documents: Buffer[]): (readonly [string, Doc[]])[] {
  const nameEnd = section.indexOf(0, 4);
  if (nameEnd < 0) throw new FrameError('a sequence without a name');
  const name = section.toString('utf8', 4, nameEnd);
  const parts: Buffer[] = [];
  for (let at = nameEnd + 1; at < section.byteLength; ) {
    const size = section.readInt32LE(at);
    if (size < 5 || at + size > section.byteLength) throw new FrameError('a document exceeds its sequence');
    parts.push(section.subarray(at, at + size));
    at += size;
  }
  if (name !== 'documents') return [[name, parts.map((part) => decode(part))]];
  documents.push(...parts);
  return [];
}

function parseQuery(message: Buffer, requestId: number): Request {
  const nameEnd = message.indexOf(0, 20);
  if (nameEnd < 0) throw new FrameError('a query without a collection');
  const collection = message.toString('utf8', 20, nameEnd);
  if (!collection.endsWith('.$cmd')) throw new FrameError('OP_QUERY is only for commands');
  const start = nameEnd + 9;
  const size = message.readInt32LE(start);
  const body = decode(message.subarray(start, start + size));
  body.set('$db', collection.slice(0, -'.$cmd'.length));
  return { requestId, body, documents: [], legacy: true, awaited: true };
}

let lastRequestId = 0;

/** The message that answers a request with this document. */
export function toReply(request: Request, document: Buffer): Buffer {
  const before = request.legacy ? 36 : 21;
  const message = Buffer.alloc(before + document.byteLength);
  lastRequestId = (lastRequestId + 1) | 0;
  message.writeInt32LE(message.byteLength, 0);
  message.writeInt32LE(lastRequestId, 4);
  message.writeInt32LE(request.requestId, 8);
  message.writeInt32LE(request.legacy ? opReply : opMsg, 12);
  // OP_REPLY: flags, cursor id, starting from, then the number of documents; OP_MSG: flags, then section kind 0.
  if (request.legacy) message.writeInt32LE(1, 32);
  message.set(document, before);
  return message;
}
