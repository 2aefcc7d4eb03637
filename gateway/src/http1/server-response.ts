import { STATUS_CODES } from 'node:http';
import { outsideValue } from './fields.ts';
import { isBodiless } from './framing.ts';
import type { ServerConnection } from './server-connection.ts';
import { joinedBytes } from './socket-write.ts';

let dateSecond = 0;
let dateLine = '';

/** The Date header of this second. */
function currentDate(): string {
  const now = Date.now();
  const second = Math.floor(now / 1_000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateLine = `date: ${new Date(now).toUTCString()}\r\n`;
  }
  return dateLine;
}

const lastChunk = '0\r\n\r\n';
const chunkOf = (piece: string) => `${piece.length.toString(16)}\r\n${piece}\r\n`;

const nobody: readonly (() => void)[] = [];

/** What the answer to a request needs to know of it. */
export interface Answered {
  readonly method: string;
  readonly minorVersion: 0 | 1;
  readonly keepsAlive: boolean;
}

/** The headers of an answer in lines, each with its end, but for those of the connection. */
export interface AnswerLines {
  readonly lines: string;
  /** Whether they have a date. */
  readonly dated: boolean;
  /** Whether they say how long the body is. */
  readonly measured: boolean;
}

/** The answer to a request. */
export class ServerResponse {
  readonly #connection: ServerConnection;
  readonly #request: Answered;
  statusCode = 200;
  /** Its head is fixed. */
  headersSent = false;
  writableEnded = false;
  /** All of it was handed to the system. */
  writableFinished = false;
  /** Over: finished, or its client has gone. */
  destroyed = false;
  /** Whether the connection is kept for another request. */
  shouldKeepAlive: boolean;
  /** The head, until it goes out with the first piece of the body. */
  #head = '';
  #chunked = false;
  #bodiless = false;
  #closers = nobody;
  #drained: (() => void) | undefined;

  constructor(connection: ServerConnection, request: Answered) {
    this.#connection = connection;
    this.#request = request;
    this.shouldKeepAlive = request.keepsAlive;
  }

  /** Bytes that the client has not taken yet. */
  get writableLength(): number {
    return this.#connection.unsentBytes;
  }

  /** Calls `listener` at its end or when its client has gone, or once more may be written. */
  once(event: 'close' | 'drain', listener: () => void): void {
    if (event === 'drain') this.#drained = listener;
    else this.#closers = [...this.#closers, listener];
  }

  /** Lets a client that waits for it send its body. */
  writeContinue(): void {
    if (!this.headersSent) this.#connection.write('HTTP/1.1 100 Continue\r\n\r\n');
  }

  /**
   * Fixes the head; goes out with the first piece of the body. `fields` are name in lower case, value, name, value; without
   * a content-length the body is chunked, or ends with the connection for a client of HTTP/1.0.
   * @throws {TypeError} for a value that no header can have
   */
  writeHead(status: number, fields: readonly string[]): void {
    let lines = '';
    let dated = false;
    let measured = false;
    for (let i = 0; i < fields.length; i += 2) {
      const name = fields[i] ?? '';
      const value = fields[i + 1] ?? '';
      if (outsideValue.test(value)) throw new TypeError(`the value of ${name} cannot be sent`);
      if (name === 'connection') {
        if (value === 'close') this.shouldKeepAlive = false;
        continue;
      }
      if (name === 'date') dated = true;
      else if (name === 'content-length') measured = true;
      lines += `${name}: ${value}\r\n`;
    }
    this.forwardHead(status, { lines, dated, measured });
  }

  /** {@link writeHead} for headers that are lines already, and known to be fit to be sent. */
  forwardHead(status: number, { lines, dated, measured }: AnswerLines): void {
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n${lines}`;
    if (!dated) head += currentDate();
    this.#bodiless = isBodiless(status, this.#request.method);
    if (!measured && !this.#bodiless) {
      if (this.#request.minorVersion === 1) {
        this.#chunked = true;
        head += 'transfer-encoding: chunked\r\n';
      } else this.shouldKeepAlive = false;
    }
    this.#head = head + this.#connection.persistence(this.shouldKeepAlive);
    this.statusCode = status;
    this.headersSent = true;
  }

  /** Sends the head now: a body may follow whose first piece is a while away. */
  flushHead(): void {
    if (!this.destroyed && !this.writableEnded && this.#head !== '') this.#connection.write(this.#takeHead());
  }

  /** @returns false when the client is behind: then `drain` says when more may come */
  write(piece: Buffer): boolean {
    if (this.destroyed || this.writableEnded || this.#bodiless || piece.length === 0) return true;
    const head = this.#takeHead();
    if (!this.#chunked) return this.#send(head, piece);
    return this.#send(`${head}${piece.length.toString(16)}\r\n`, piece, '\r\n');
  }

  /** Ends it, with a last piece of the body; a text is sent as UTF-8. */
  end(last: Buffer | string = ''): void {
    const piece = typeof last === 'string' ? Buffer.from(last) : last;
    if (piece.length > joinedBytes) this.write(piece);
    this.endWith(piece.length > joinedBytes ? '' : piece.toString('latin1'));
  }

  /** {@link end} for a short piece that is a text of one byte a character. */
  endWith(piece: string): void {
    if (this.destroyed || this.writableEnded) return;
    this.writableEnded = true;
    const head = this.#takeHead();
    const last = this.#bodiless ? '' : piece;
    if (!this.#chunked) this.#connection.writeLast(head + last);
    else this.#connection.writeLast(head + (last === '' ? '' : chunkOf(last)) + lastChunk);
  }

  /** Cuts it off, and the connection with it. */
  destroy(): void {
    if (!this.destroyed) this.#connection.destroy();
  }

  /** For its connection: more may be written. */
  drain(): void {
    const listener = this.#drained;
    this.#drained = undefined;
    listener?.();
  }

  /** For its connection: it is over. */
  close(finished: boolean): void {
    if (this.destroyed) return;
    this.writableFinished = finished;
    this.destroyed = true;
    const closers = this.#closers;
    this.#closers = nobody;
    for (const closer of closers) closer();
  }

  #takeHead(): string {
    const head = this.#head;
    this.#head = '';
    return head;
  }

  #send(before: string, piece: Buffer, after = ''): boolean {
    if (piece.length <= joinedBytes) {
      return this.#connection.write(before + piece.toString('latin1') + after);
    }
    return this.#connection.writeAll(before, piece, after);
  }
}
