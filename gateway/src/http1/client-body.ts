import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { UnsendableError } from './client-errors.ts';
import { chunked } from './framing.ts';
import { writeTogether } from './socket-write.ts';

/** Who hears of a body on its way out. */
export interface BodyListener {
  /** A piece was written. */
  onBodySent(): void;
  /** Its end was written. */
  onRequestSent(): void;
  /** It broke off, or is not as long as was said: the other side must not take it for whole. */
  onBodyFailure(error: Error): void;
}

/** Writes the body of a request as it comes, no faster than the other side takes it. */
export class BodySender {
  readonly #body: Readable;
  readonly #socket: Socket;
  readonly #length: number;
  readonly #listener: BodyListener;
  #written = 0;
  #over = false;

  /** Begins at once. `length` is in bytes, or `chunked`. */
  constructor(body: Readable, length: number, socket: Socket, listener: BodyListener) {
    this.#body = body;
    this.#socket = socket;
    this.#length = length;
    this.#listener = listener;
    body
      .on('data', (chunk: Buffer) => this.#write(chunk))
      .once('end', () => this.#end())
      .once('error', (error) => this.#fail(error))
      .once('close', () => this.#fail(new UnsendableError('the body of the request broke off')));
  }

  /** The connection takes more again. */
  drained(): void {
    if (!this.#over) this.#body.resume();
  }

  /** Nothing of it is written any more; the body itself is left to its owner. */
  stop(): void {
    this.#over = true;
    this.#body.pause();
  }

  #write(chunk: Buffer): void {
    if (this.#over) return;
    this.#written += chunk.length;
    if (this.#length !== chunked && this.#written > this.#length) {
      this.#fail(new UnsendableError('the body of the request is longer than was said'));
      return;
    }
    const taken = this.#length === chunked ? this.#writeChunk(chunk) : this.#socket.write(chunk);
    this.#listener.onBodySent();
    if (!taken) this.#body.pause();
  }

  #writeChunk(chunk: Buffer): boolean {
    return writeTogether(this.#socket, `${chunk.length.toString(16)}\r\n`, chunk, '\r\n');
  }

  #end(): void {
    if (this.#over) return;
    if (this.#length === chunked) this.#socket.write('0\r\n\r\n', 'latin1');
    else if (this.#written < this.#length) {
      this.#fail(new UnsendableError('the body of the request is shorter than was said'));
      return;
    }
    this.#over = true;
    this.#listener.onRequestSent();
  }

  #fail(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#listener.onBodyFailure(error);
  }
}
