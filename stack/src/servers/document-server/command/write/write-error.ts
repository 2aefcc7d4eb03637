import { Int32 } from 'bson';
import type { Doc, Value } from '../../bson/value.ts';
import { CommandError } from '../../errors.ts';
import { maxWriteBatchSize } from '../handshake.ts';

/** The writes of one command: what each did, which failed, and when to stop. */
export class WriteLog {
  readonly #ordered: boolean;
  readonly #errors: Doc[] = [];

  constructor(ordered: boolean) {
    this.#ordered = ordered;
  }

  /** Runs one write and notes its refusal. Answers false when the command must stop there. */
  attempt(index: number, write: () => void): boolean {
    try {
      write();
      return true;
    } catch (error) {
      // The time limit ends the whole command, as does a fault of the server.
      if (!(error instanceof CommandError) || error.codeName === 'MaxTimeMSExpired') throw error;
      this.#errors.push(toWriteError(index, error));
      return !this.#ordered;
    }
  }

  /** The reply's fields with `writeErrors` when there are any. */
  reply(fields: readonly (readonly [string, Value])[]): Doc {
    const reply: Doc = new Map(fields);
    if (this.#errors.length > 0) reply.set('writeErrors', this.#errors);
    return reply;
  }
}

function toWriteError(index: number, error: CommandError): Doc {
  return new Map<string, Value>([
    ['index', new Int32(index)],
    ['code', new Int32(error.code)],
    ...(error.details as ReadonlyMap<string, Value>),
    ['errmsg', error.message],
  ]);
}

/** Refuses an empty command and one with too many writes. */
export function checkBatch(count: number): void {
  if (count > 0 && count <= maxWriteBatchSize) return;
  throw new CommandError(
    'InvalidLength',
    `Write batch sizes must be between 1 and ${maxWriteBatchSize}. Got ${count} operations.`,
  );
}
