import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { failureBytes, maxUrlLength } from '@tsmicro/network';
import { ChunkedDecoder } from './chunked-decoder.ts';
import { ChunkExtensionsError, HeadTooLargeError, MalformedMessageError } from './errors.ts';
import { FieldsReader } from './fields-reader.ts';
import { chunked } from './framing.ts';
import { HeadReader } from './head-reader.ts';
import { adoptSocket, readBuffer } from './read-buffer.ts';
import { parseRequestLine } from './request-line.ts';
import { type BodyReader, ServerRequest } from './server-request.ts';
import { ServerResponse } from './server-response.ts';
import { writeTogether } from './socket-write.ts';
import { type Writer, writeBatch } from './write-batch.ts';

const maxHeadBytes = 16 * 1024;
const headMs = 10_000;
const requestMs = 30_000;
/** Above the 60 s after which Kong drops an idle connection: else its POSTs meet a closed socket. */
const idleMs = 75_000;
/** A client that takes nothing of the end of its answer for this long has left without saying so. */
const stalledMs = 30_000;
/** What is taken ahead of an answer, so that it is seen when the client leaves meanwhile. */
const aheadBytes = 64 * 1024;
/** How long a client that was told to leave may read what it was told. */
const lingerMs = 500;
const lateMessage = 'request was not received in time';
const nothing = Buffer.alloc(0);
const kept = `connection: keep-alive\r\nkeep-alive: timeout=${idleMs / 1_000}\r\n\r\n`;
const closed = 'connection: close\r\n\r\n';

/** What a connection tells its server. */
export interface ConnectionOwner {
  /** Clients are told to leave. */
  readonly draining: boolean;
  /** A request is there, but for its body, which may still come. */
  accept(request: ServerRequest, response: ServerResponse): void;
  closed(connection: ServerConnection): void;
}

/** What a fault in what a client sends amounts to. A first line that never ended is a URL too long. */
function toFailure(error: unknown): [number, string] | undefined {
  if (error instanceof HeadTooLargeError) {
    const start = error.head.slice(0, maxUrlLength);
    return /^[A-Z]+ [^\r\n]*$/.test(start) && start.length >= maxUrlLength
      ? [414, 'url is too long']
      : [431, 'headers are too large'];
  }
  if (error instanceof ChunkExtensionsError) return [413, error.message];
  return error instanceof MalformedMessageError ? [400, 'malformed HTTP request'] : undefined;
}

/** Whether it may be the beginning of a method: what is no HTTP at all has no blank line to wait for. */
const beginsRequest = (first = 0) => first >= 0x41 && first <= 0x5a;
const isLineEnd = (byte: number | undefined) => byte === 0x0d || byte === 0x0a;

/**
 * A client's connection: takes its requests out of the bytes that come, one at a time, as their answers wait for each
 * other anyway, and bounds what a slow or silent client may hold.
 */
export class ServerConnection implements Writer {
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #heads = new HeadReader(maxHeadBytes);
  readonly #fields = new FieldsReader();
  readonly localPort: number;
  /** Who is at the other end, whatever headers claim. */
  readonly remoteAddress: string;
  /** What came and is not read yet, from there to there. What is in {@link readBuffer} is moved before anything else is read. */
  #ahead: Buffer = nothing;
  #from = 0;
  #to = 0;
  #request: ServerRequest | undefined;
  #response: ServerResponse | undefined;
  #decoder: ChunkedDecoder | undefined;
  /** What is left of a body whose length is known. */
  #leftBytes = 0;
  /** The end of an answer that was not written yet. */
  #last: string | undefined;
  #advancing = false;
  /** The reader of the body takes no more for now. */
  #held = false;
  #paused = false;
  /** What comes is not read any more. */
  #leaving = false;
  /** A request of it was answered. */
  #used = false;
  /** When what is waited for began, on the clock of `performance.now()`. */
  #since = performance.now();
  #unsentBefore = 0;

  /** `accepted` is a connection that nothing was read of. */
  constructor(accepted: Socket, owner: ConnectionOwner) {
    const socket = adoptSocket(accepted, (count) => this.#onRead(count));
    this.#socket = socket;
    this.#owner = owner;
    this.localPort = socket.localPort ?? 0;
    // An IPv4 client of a dual-stack socket is shown as the IPv4 address that it is.
    this.remoteAddress = socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown';
    socket.on('drain', () => this.#response?.drain());
    socket.on('end', () => this.#onEnd());
    socket.on('close', () => this.#onClose());
    // What it means is told by close.
    socket.on('error', () => undefined);
  }

  /** Nothing is under way on it. */
  get idle(): boolean {
    return this.#request === undefined && !this.#heads.begun;
  }

  get localAddress(): string | undefined {
    return this.#socket.localAddress;
  }

  /** Bytes that came over it so far. */
  get bytesRead(): number {
    return this.#socket.bytesRead;
  }

  get bytesWritten(): number {
    return this.#socket.bytesWritten;
  }

  /** What the client has not taken yet. */
  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  /** The end of a head: whether the connection is kept. */
  persistence(keep: boolean): string {
    return keep ? kept : closed;
  }

  /** @returns false when the client is behind */
  write(text: string): boolean {
    return this.#socket.write(text, 'latin1');
  }

  /** {@link write} for what is too long to be joined. */
  writeAll(before: string, piece: Buffer, after: string): boolean {
    return writeTogether(this.#socket, before, piece, after);
  }

  /** Gives the reader of the body no more, until {@link resume}. */
  pause(): void {
    this.#held = this.#request?.complete === false;
    this.#regulate();
  }

  resume(): void {
    this.#held = false;
    this.#advance();
  }

  /** Writes the end of the answer that is due, in a moment. */
  writeLast(text: string): void {
    this.#last = text;
    if (!writeBatch.take(this)) this.flush();
  }

  flush(): void {
    const text = this.#last;
    if (text === undefined) return;
    this.#last = undefined;
    if (text !== '') this.#socket.write(text, 'latin1');
    this.#since = performance.now();
    this.#unsentBefore = this.#socket.writableLength;
    if (this.#unsentBefore === 0) this.#finish(this.#since);
    else this.#socket.write(nothing, this.#onFlushed);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Ends after the answer that is due. */
  drain(): void {
    if (this.#response?.headersSent === false) this.#response.shouldKeepAlive = false;
  }

  /** Answers in place of whoever would have, unless an answer has begun, and closes. */
  refuse(status: number, message: string): void {
    this.flush();
    // What was answered already is not answered again, whatever is wrong with the rest of its body.
    const answerable =
      !this.#leaving && (this.#request === undefined || this.#response?.headersSent === false);
    if (answerable) this.#socket.write(failureBytes(status, message), 'latin1');
    else this.#socket.destroy();
    this.#leave();
    this.#abandon();
  }

  /** Looks whether the client is late with something. */
  check(now: number): void {
    if (this.#leaving) return;
    const waitedMs = now - this.#since;
    if (this.idle) {
      if (this.#used && waitedMs > idleMs) this.destroy();
      else if (!this.#used && waitedMs > headMs) this.refuse(408, lateMessage);
    } else if (this.#request === undefined) {
      if (waitedMs > headMs) this.refuse(408, lateMessage);
    } else if (this.#response === undefined) {
      // Answered: what still comes of the body is thrown away, but not for ever.
      if (waitedMs > headMs) this.destroy();
    } else if (this.#response.writableEnded) {
      const unsent = this.#socket.writableLength;
      if (unsent !== this.#unsentBefore) this.#since = now;
      else if (waitedMs > stalledMs) this.destroy();
      this.#unsentBefore = unsent;
    } else if (!this.#request.complete && waitedMs > requestMs) this.refuse(408, lateMessage);
  }

  #onRead(count: number): void {
    if (this.#leaving) return;
    if (this.#from === this.#to) this.#setAhead(readBuffer, count);
    else {
      const unread = this.#ahead.subarray(this.#from, this.#to);
      this.#setAhead(Buffer.concat([unread, readBuffer.subarray(0, count)]));
    }
    this.#advance();
    this.#keepAhead();
  }

  #setAhead(bytes: Buffer, to = bytes.length): void {
    this.#ahead = bytes;
    this.#from = 0;
    this.#to = to;
  }

  /** What is not read yet outlives the call that brought it. */
  #keepAhead(): void {
    if (this.#from === this.#to) this.#setAhead(nothing);
    else if (this.#ahead === readBuffer) {
      this.#setAhead(Buffer.from(this.#ahead.subarray(this.#from, this.#to)));
    }
  }

  readonly #onFlushed = (): void => {
    if (this.#response?.writableEnded === true) this.#finish(performance.now());
  };

  #onEnd(): void {
    this.flush();
    // Whoever has ended its side and waits for an answer has left as far as anybody can tell.
    if (this.#response?.writableEnded === false || !(this.idle || this.#leaving)) this.destroy();
    else this.#socket.end();
  }

  #onClose(): void {
    this.#leaving = true;
    this.#abandon();
    this.#owner.closed(this);
  }

  /** Reads what came, as far as it may be read now. */
  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    try {
      let moved = true;
      while (moved && this.#from < this.#to && !this.#leaving) moved = this.#step();
    } catch (error) {
      const failure = toFailure(error);
      if (failure === undefined) throw error;
      this.refuse(...failure);
    } finally {
      this.#advancing = false;
    }
    this.#regulate();
  }

  /** @returns false when what came has to wait */
  #step(): boolean {
    const request = this.#request;
    if (request === undefined) {
      this.#stepHead();
      return true;
    }
    if (request.complete || this.#held || request.reader === undefined) return false;
    this.#stepBody(request, request.reader);
    return true;
  }

  #stepHead(): void {
    const now = performance.now();
    const bytes = this.#ahead;
    if (!this.#heads.begun) {
      // Some clients end what they send with one line too many (RFC 9112 section 2.2).
      while (this.#from < this.#to && isLineEnd(bytes[this.#from])) this.#from++;
      if (this.#from === this.#to) return;
      if (!beginsRequest(bytes[this.#from])) throw new MalformedMessageError('no method is so written');
      this.#since = now;
    }
    const to = Math.min(this.#to, this.#from + this.#heads.wantedBytes);
    const head = this.#heads.read(bytes.toString('latin1', this.#from, to));
    this.#from = head === undefined ? this.#to : this.#from + this.#heads.consumed;
    if (head === undefined) return;
    const line = parseRequestLine(head);
    const request = new ServerRequest(this, line, this.#fields.read(head.slice(line.end)), now);
    this.#decoder = request.bodyLength === chunked ? new ChunkedDecoder() : undefined;
    this.#leftBytes = request.bodyLength;
    this.#held = false;
    this.#request = request;
    this.#response = new ServerResponse(this, request);
    if (this.#owner.draining) this.#response.shouldKeepAlive = false;
    writeBatch.running++;
    this.#owner.accept(request, this.#response);
  }

  #stepBody(request: ServerRequest, reader: BodyReader): void {
    this.#keepAhead();
    const bytes = this.#ahead.subarray(this.#from, this.#to);
    let taken = Math.min(bytes.length, this.#leftBytes);
    if (this.#decoder === undefined) {
      this.#leftBytes -= taken;
      reader.data(taken === bytes.length ? bytes : bytes.subarray(0, taken));
    } else taken = this.#decoder.decode(bytes, (piece) => request.reader?.data(piece));
    this.#from += taken;
    if (this.#decoder === undefined ? this.#leftBytes > 0 : !this.#decoder.done) return;
    request.complete = true;
    this.#held = false;
    request.reader?.end();
    // It was answered before it had ended.
    if (this.#request === request && this.#response === undefined) this.#begin(performance.now());
  }

  /** The client has all of the answer. */
  #finish(now: number): void {
    const request = this.#request;
    const response = this.#response;
    this.#response = undefined;
    writeBatch.running--;
    // Whoever worked on it is done before the next request comes.
    response?.close(true);
    if (response?.shouldKeepAlive === false) {
      this.#leave();
      this.#abandon();
    } else if (request?.complete === true) this.#begin(now);
    else request?.discard();
  }

  /** Waits for the next request. */
  #begin(now: number): void {
    this.#request = undefined;
    this.#used = true;
    this.#since = now;
    this.#advance();
  }

  /** Ends the connection as soon as the client has what was written. */
  #leave(): void {
    if (this.#leaving) return;
    this.#leaving = true;
    this.#setAhead(nothing);
    this.#held = false;
    this.#regulate();
    this.#socket.end();
    // Destroyed at once with bytes unread, it would be reset before the client has read the answer (RFC 9112, 9.6).
    const gone = setTimeout(() => this.#socket.destroy(), lingerMs);
    this.#socket.once('close', () => clearTimeout(gone));
  }

  /** Tells whoever works on a request that nobody waits for it. */
  #abandon(): void {
    const request = this.#request;
    const response = this.#response;
    this.#request = undefined;
    this.#response = undefined;
    this.#last = undefined;
    if (response !== undefined) writeBatch.running--;
    response?.close(false);
    if (request?.complete === false) request.abort();
  }

  /** Takes in only what is read soon, and a little ahead, so that it is seen when the client leaves. */
  #regulate(): void {
    const paused = this.#held || this.#to - this.#from > aheadBytes;
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (paused) this.#socket.pause();
    else this.#socket.resume();
  }
}
