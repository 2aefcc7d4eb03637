import type { AnswerHead } from './client-answer.ts';
import type { ClientRequest } from './client-request.ts';

/**
 * Whoever sends a request: hears what becomes of it, in the order of these functions. The last it hears is `onEnd` or
 * `onFailure`; once the call is aborted it hears nothing.
 */
export interface Asker {
  /** It goes out on a connection now. */
  onSocket(): void;
  /** A piece of a streamed body went out. */
  onBodySent(): void;
  /** All of it went out; the answer may begin before. */
  onRequestSent(): void;
  onHead(head: AnswerHead): void;
  /** A short body that came in one piece, in place of `onData`: one byte a character. */
  onWhole(body: string): void;
  /** With false it gets no more until the call is resumed, but for what was read already. */
  onData(chunk: Buffer): boolean;
  onEnd(): void;
  onFailure(error: Error): void;
}

/** Where a call waits or runs. */
export interface CallHolder {
  /** Nobody waits for the answer any more. */
  abandon(call: Call): void;
  /** More of the answer may come. */
  resume(): void;
}

/** A request on its way, and who hears of it. */
export class Call {
  readonly request: ClientRequest;
  readonly asker: Asker;
  /** Set by whoever has it; undefined before, and once it is over. */
  holder: CallHolder | undefined;

  constructor(request: ClientRequest, asker: Asker) {
    this.request = request;
    this.asker = asker;
  }

  /** Gives it up; a connection on which it runs is closed. */
  abort(): void {
    const { holder } = this;
    this.holder = undefined;
    holder?.abandon(this);
  }

  /** Takes more of the answer, after its asker wanted none. */
  resume(): void {
    this.holder?.resume();
  }

  /** It will not be answered. */
  fail(error: Error): void {
    this.holder = undefined;
    this.asker.onFailure(error);
  }
}
