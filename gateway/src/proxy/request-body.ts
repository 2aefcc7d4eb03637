import { Readable } from 'node:stream';
import type { BodyReader, ServerRequest } from '../http1/server-request.ts';

const collectedBytes = 64 * 1024;

/** What becomes of a body; exactly one of `ready` and, before it, `tooLarge` is called, unless the client leaves. */
export interface BodyReceiver {
  /** The whole body when it is short, else a stream whose beginning is there. */
  ready(body: Buffer | Readable): void;
  /** More than may pass came; may still follow `ready` with a stream. */
  tooLarge(): void;
}

/**
 * Takes in a request's body. Up to 64 KiB are collected before anyone is asked: a slow client then holds no
 * connection to a service, and a request that found no connection can be sent again. What is longer is streamed,
 * as fast as its reader reads, and counted.
 */
export class RequestBody implements BodyReader {
  readonly #request: ServerRequest;
  readonly #maxBytes: number;
  readonly #receiver: BodyReceiver;
  #chunks: Buffer[] = [];
  #size = 0;
  #stream: Readable | undefined;
  #discarding = false;

  constructor(request: ServerRequest, maxBytes: number, receiver: BodyReceiver) {
    this.#request = request;
    this.#maxBytes = maxBytes;
    this.#receiver = receiver;
    request.read(this);
  }

  data(chunk: Buffer): void {
    if (this.#discarding) return;
    this.#size += chunk.length;
    if (this.#size > this.#maxBytes) {
      this.#discarding = true;
      this.#chunks = [];
      this.#receiver.tooLarge();
    } else if (this.#stream !== undefined) {
      if (!this.#stream.push(chunk)) this.#request.pause();
    } else {
      this.#chunks.push(chunk);
      if (this.#size > collectedBytes) this.#startStream();
    }
  }

  #startStream(): void {
    this.#request.pause();
    this.#stream = new Readable({
      highWaterMark: collectedBytes,
      read: () => this.#request.resume(),
      destroy: (error, done) => {
        this.#discarding = true;
        done(error);
      },
    });
    // Whoever destroys the stream knows why; an error without a listener would end the process.
    this.#stream.on('error', () => undefined);
    for (const chunk of this.#chunks) this.#stream.push(chunk);
    this.#chunks = [];
    this.#receiver.ready(this.#stream);
  }

  end(): void {
    if (this.#discarding) return;
    if (this.#stream !== undefined) {
      this.#stream.push(null);
      return;
    }
    const [first] = this.#chunks;
    const body = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    this.#discarding = true;
    this.#receiver.ready(body);
  }

  abort(): void {
    this.#stream?.destroy();
    this.#discarding = true;
  }
}
