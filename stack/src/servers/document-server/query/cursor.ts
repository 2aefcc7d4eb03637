import { randomBytes } from 'node:crypto';
import { CommandError } from '../errors.ts';

/** How many documents a first batch has unless the client says otherwise. */
export const firstBatchSize = 101;

const maxBatchBytes = 16 * 1024 * 1024;
const maxCursors = 1000;
const idleMs = 10 * 60 * 1000;

interface OpenCursor {
  readonly namespace: string;
  readonly documents: Iterator<Buffer>;
  /** The document that did not fit into the last batch. */
  left: Buffer | undefined;
  done: boolean;
  usedAt: number;
}

/** One batch, and the cursor's id when there is more, else 0. */
export interface Batch {
  readonly documents: readonly Buffer[];
  readonly cursorId: bigint;
}

/** The results that clients have begun to read. At most a thousand: the one idle the longest gives way. */
export class CursorTable {
  readonly #cursors = new Map<bigint, OpenCursor>();

  /** Takes the first batch; keeps the rest unless the end was met or it is not wanted. */
  open(namespace: string, documents: Iterator<Buffer>, batchSize: number, single = false): Batch {
    const cursor: OpenCursor = { namespace, documents, left: undefined, done: false, usedAt: Date.now() };
    const batch = take(cursor, batchSize);
    if (cursor.done || single) return { documents: batch, cursorId: 0n };
    this.#makeRoom();
    const cursorId = newId();
    this.#cursors.set(cursorId, cursor);
    return { documents: batch, cursorId };
  }

  /** Takes the next batch. Throws CursorNotFound. */
  more(cursorId: bigint, namespace: string, batchSize: number): Batch {
    const cursor = this.#cursors.get(cursorId);
    if (cursor === undefined) throw new CommandError('CursorNotFound', `cursor id ${cursorId} not found`);
    if (cursor.namespace !== namespace) {
      throw new CommandError('Unauthorized', `cursor id ${cursorId} belongs to ${cursor.namespace}`);
    }
    this.#cursors.delete(cursorId);
    const documents = take(cursor, batchSize);
    if (cursor.done) return { documents, cursorId: 0n };
    cursor.usedAt = Date.now();
    this.#cursors.set(cursorId, cursor);
    return { documents, cursorId };
  }

  /** Forgets a cursor; says whether there was one. */
  kill(cursorId: bigint): boolean {
    return this.#cursors.delete(cursorId);
  }

  /** Forgets the cursors of a collection that is no more. */
  killAll(namespace: string): void {
    for (const [id, cursor] of this.#cursors) if (cursor.namespace === namespace) this.#cursors.delete(id);
  }

  #makeRoom(): void {
    const oldest = Date.now() - idleMs;
    for (const [id, cursor] of this.#cursors) {
      // The table is in order of last use: a cursor that is read goes to the end.
      if (cursor.usedAt > oldest && this.#cursors.size < maxCursors) return;
      this.#cursors.delete(id);
    }
  }
}

/** Reads no document beyond the batch: one kept for the next could be deleted or changed by then. */
function take(cursor: OpenCursor, batchSize: number): Buffer[] {
  const batch: Buffer[] = [];
  let bytes = 0;
  while (batch.length < batchSize) {
    const document = cursor.left ?? nextOf(cursor);
    cursor.left = undefined;
    if (document === undefined) return batch;
    bytes += document.byteLength;
    if (batch.length > 0 && bytes > maxBatchBytes) {
      cursor.left = document;
      return batch;
    }
    batch.push(document);
  }
  return batch;
}

function nextOf(cursor: OpenCursor): Buffer | undefined {
  const next = cursor.documents.next();
  cursor.done = next.done === true;
  return next.done === true ? undefined : next.value;
}

function newId(): bigint {
  return BigInt.asUintN(62, randomBytes(8).readBigUInt64LE()) | 1n;
}
