import { Double, Int32, Long } from 'bson';
import { arrayElement, documentElement, documentOf, elementBytes, encode } from '../bson/encode.ts';
import type { Doc, Value } from '../bson/value.ts';
import { CommandError, ErrorCode } from '../errors.ts';
import type { Batch } from '../query/cursor.ts';

/** What a command answers: a document, or a batch of documents that are passed on as bytes. */
export type Reply = Doc | CursorReply;

/** A batch of a cursor. */
export class CursorReply {
  readonly batchName: 'firstBatch' | 'nextBatch';
  readonly namespace: string;
  readonly batch: Batch;

  constructor(batchName: 'firstBatch' | 'nextBatch', namespace: string, batch: Batch) {
    this.batchName = batchName;
    this.namespace = namespace;
    this.batch = batch;
  }
}

const ok = elementBytes(new Map([['ok', new Double(1)]]));

/** The bytes of a reply, with `ok: 1`. */
export function encodeReply(reply: Reply): Buffer {
  if (!(reply instanceof CursorReply))
    return encode(new Map<string, Value>([...reply, ['ok', new Double(1)]]));
  const { batchName, namespace, batch } = reply;
  const rest = elementBytes(
    new Map<string, Value>([
      ['id', Long.fromBigInt(batch.cursorId)],
      ['ns', namespace],
    ]),
  );
  const cursor = documentOf([arrayElement(batchName, batch.documents), rest]);
  return documentOf([documentElement('cursor', cursor), ok]);
}

/** The bytes of a refusal. An error that is none of ours is answered without its words. */
export function encodeError(error: unknown): Buffer {
  const refusal =
    error instanceof CommandError
      ? error
      : new CommandError('InternalError', 'the server failed on this command');
  return encode(
    new Map<string, unknown>([
      ['ok', new Double(0)],
      ['errmsg', refusal.message],
      ['code', new Int32(ErrorCode[refusal.codeName])],
      ['codeName', refusal.codeName],
      ...refusal.details,
    ]),
  );
}
