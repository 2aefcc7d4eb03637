import type { AnswerHead } from './client-answer.ts';
import { type Asker, Call } from './client-call.ts';
import type { ClientRequest } from './client-request.ts';
import { Fields } from './fields.ts';

/** A whole answer. */
export interface Reply {
  readonly status: number;
  readonly fields: Fields;
  readonly body: Buffer;
}

/** How long an answer is waited for, and how long it may be. */
export interface QuestionLimits {
  readonly signal: AbortSignal;
  readonly maxBodyBytes: number;
}

class Question implements Asker {
  readonly #maxBodyBytes: number;
  readonly #chunks: Buffer[] = [];
  readonly #settled = Promise.withResolvers<Reply>();
  #head: AnswerHead | undefined;
  #size = 0;
  #call: Call | undefined;

  constructor(maxBodyBytes: number) {
    this.#maxBodyBytes = maxBodyBytes;
  }

  get reply(): Promise<Reply> {
    return this.#settled.promise;
  }

  start(request: ClientRequest, dispatch: (call: Call) => void): void {
    this.#call = new Call(request, this);
    dispatch(this.#call);
  }

  giveUp(error: unknown): void {
    this.#call?.abort();
    this.#settled.reject(error);
  }

  onSocket(): void {}

  onBodySent(): void {}

  onRequestSent(): void {}

  onHead(head: AnswerHead): void {
    this.#head = head;
  }

  onWhole(body: string): void {
    this.onData(Buffer.from(body, 'latin1'));
  }

  onData(chunk: Buffer): boolean {
    this.#size += chunk.length;
    if (this.#size <= this.#maxBodyBytes) this.#chunks.push(chunk);
    else this.giveUp(new RangeError(`the answer is longer than ${this.#maxBodyBytes} bytes`));
    return true;
  }

  onEnd(): void {
    const { status = 0, fields = new Fields('', 0) } = this.#head ?? {};
    this.#settled.resolve({ status, fields, body: Buffer.concat(this.#chunks) });
  }

  onFailure(error: Error): void {
    this.#settled.reject(error);
  }
}

/**
 * Sends a request of one's own and takes in the whole answer.
 * @throws {RangeError} for an answer that is too long, the signal's reason, and what went wrong with the connection
 */
export async function ask(
  request: ClientRequest,
  { signal, maxBodyBytes }: QuestionLimits,
  dispatch: (call: Call) => void,
): Promise<Reply> {
  signal.throwIfAborted();
  const question = new Question(maxBodyBytes);
  const onAbort = () => question.giveUp(signal.reason);
  signal.addEventListener('abort', onAbort);
  try {
    question.start(request, dispatch);
    return await question.reply;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
