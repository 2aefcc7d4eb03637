import type { Engine } from './command/context.ts';
import { dispatch } from './command/dispatch.ts';
import { encodeError, encodeReply } from './command/reply.ts';
import { CommandError } from './errors.ts';
import type { Request } from './wire/message.ts';

/** How long one turn may take before waiting sockets are looked at again. */
const turnMs = 10;

interface Waiting {
  readonly request: Request;
  readonly resolve: (reply: Buffer) => void;
}

/** Told of errors that are faults of the server, not refusals. */
export type ReportFault = (error: unknown) => void;

/**
 * Runs commands one after the other, so that each is atomic. The commands that are waiting at one time share a
 * commit: flushing the disk is what a write costs, and no reply leaves before its commit.
 */
export class Executor {
  readonly #engine: Engine;
  readonly #reportFault: ReportFault;
  #queue: Waiting[] = [];
  #scheduled = false;

  constructor(engine: Engine, reportFault: ReportFault) {
    this.#engine = engine;
    this.#reportFault = reportFault;
  }

  /** Answers a command with the bytes of its reply. */
  answer(request: Request): Promise<Buffer> {
    return new Promise((resolve) => {
      this.#queue.push({ request, resolve });
      this.#schedule();
    });
  }

  /** Resolves when every command that has come in is answered. */
  async drain(): Promise<void> {
    while (this.#queue.length > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#turn();
      this.#schedule();
    });
  }

  #turn(): void {
    const start = performance.now();
    const done: { resolve: Waiting['resolve']; reply: Buffer }[] = [];
    let taken = 0;
    for (const { request, resolve } of this.#queue) {
      done.push({ resolve, reply: this.#run(request) });
      taken += 1;
      if (performance.now() - start > turnMs) break;
    }
    this.#queue = this.#queue.slice(taken);
    const failure = this.#commit();
    for (const { resolve, reply } of done) resolve(failure ?? reply);
  }

  #run(request: Request): Buffer {
    try {
      if (request.refusal !== undefined) throw request.refusal;
      return encodeReply(dispatch(this.#engine, request));
    } catch (error) {
      if (!(error instanceof CommandError)) this.#reportFault(error);
      return encodeError(error);
    }
  }

  /** A commit that fails undoes the whole turn: none of its commands may be acknowledged. */
  #commit(): Buffer | undefined {
    try {
      this.#engine.database.commit();
      return undefined;
    } catch (error) {
      this.#reportFault(error);
      this.#engine.database.rollback();
      this.#engine.catalog.reload();
      return encodeError(error);
    }
  }
}
