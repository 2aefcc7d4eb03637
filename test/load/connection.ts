import { connect, type Socket } from 'node:net';

/** What became of a request that was sent. */
export type Outcome =
  /** 200 in the envelope of a success. */
  | 'good'
  /** 429 or 503 in the envelope of a failure, with `retry-after`. */
  | 'refused'
  /** The connection could not be opened, or was closed before a byte of the answer came. */
  | 'dropped'
  /** Any other answer. */
  | 'wrong';

/** Told once for every request. */
export type Answered = (outcome: Outcome, answer: string) => void;

const headEnd = Buffer.from('\r\n\r\n');

function judge(head: string, body: string): Outcome {
  const status = Number(head.slice(9, 12));
  if (status === 200) return body.startsWith('{"code":"10000","status":200') ? 'good' : 'wrong';
  const refusal = (status === 429 || status === 503) && /\r\nretry-after: \d/i.test(head);
  return refusal && body.startsWith(`{"code":"10001","status":${status}`) ? 'refused' : 'wrong';
}

/**
 * One connection that stays open for one request after the other, on the bare socket: what measures must not cost more
 * than what is measured. Opens itself, and again when the server has closed it.
 */
export class Connection {
  readonly #port: number;
  #socket: Socket | undefined;
  #answered: Answered | undefined;
  #received: Buffer = Buffer.alloc(0);

  constructor(port: number) {
    this.#port = port;
  }

  /** Sends a request; one at a time. */
  send(request: Buffer, answered: Answered): void {
    this.#answered = answered;
    this.#socket ??= this.#open();
    this.#socket.write(request);
  }

  /** Opens it before its first request; one that cannot be opened is tried again by that. */
  async open(): Promise<void> {
    this.#socket ??= this.#open();
    const socket = this.#socket;
    await new Promise<void>((resolve) => socket.once('connect', resolve).once('close', () => resolve()));
  }

  close(): void {
    this.#answered = undefined;
    this.#socket?.destroy();
  }

  #open(): Socket {
    this.#received = Buffer.alloc(0);
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (chunk: Buffer) => this.#take(socket, chunk));
    // A reset is seen as a close.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#settle('dropped', '');
    });
    return socket;
  }

  #take(socket: Socket, chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const bodyAt = this.#received.indexOf(headEnd) + headEnd.length;
    if (bodyAt < headEnd.length) return;
    const head = this.#received.toString('latin1', 0, bodyAt);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#received.length < bodyAt + length) return;
    const body = this.#received.toString('latin1', bodyAt, bodyAt + Math.min(length, 200));
    this.#received = Buffer.alloc(0);
    if (/\r\nconnection: close/i.test(head)) {
      this.#socket = undefined;
      socket.destroy();
    }
    this.#settle(judge(head, body), head.slice(0, head.indexOf('\r')) + body);
  }

  #settle(outcome: Outcome, answer: string): void {
    const answered = this.#answered;
    this.#answered = undefined;
    answered?.(outcome, answer);
  }
}
