// Reads answers to requests out of the bytes of a connection (RFC 9112 sections 4 to 7), one answer to each request.
import { Buffer } from 'node:buffer';
import { ChunkedDecoder } from './chunked-decoder.ts';
import { MalformedMessageError } from './errors.ts';
import { checkCharacters, Fields } from './fields.ts';
import { bodyLengthOf, chunked, hasOption, isBodiless, unsaid } from './framing.ts';
import { HeadReader } from './head-reader.ts';
import { joinedBytes } from './socket-write.ts';

/** An answer but for its body. */
export interface AnswerHead {
  readonly status: number;
  readonly fields: Fields;
  /** The value of its Connection header. */
  readonly connection: string | undefined;
  /** Bytes of the body; `chunked`, or `unsaid` where it ends with the connection. */
  readonly bodyLength: number;
  /** The connection ends with it. */
  readonly closing: boolean;
}

/** Who gets an answer, piece by piece. */
export interface AnswerTaker {
  onHead(head: AnswerHead): void;
  /**
   * A body of at most 16 KiB that came in one piece, as nearly all do, in place of `onData`: one byte a character, as it is
   * joined with the head of the answer to the client.
   */
  onWhole(body: string): void;
  onData(chunk: Buffer): void;
  /** Nothing is read after it until the next answer is expected. */
  onEnd(): void;
}

const maxHeadBytes = 16 * 1024;
/** 100, 102 and 103 may come before the answer itself; nobody means it well with more. */
const maxInterim = 16;
const statusLine = /^HTTP\/1\.[01] [1-5]\d\d(?: .*)?\r\n/;

type State = 'idle' | 'head' | 'length' | 'chunks' | 'rest';

/** Reads the answers of one connection. */
export class AnswerReader {
  readonly #taker: AnswerTaker;
  readonly #take = (content: Buffer) => this.#taker.onData(content);
  readonly #head = new HeadReader(maxHeadBytes);
  #state: State = 'idle';
  #method = '';
  #interim = 0;
  /** Bytes of the body. */
  #length = 0;
  /** Those of them that have not come. */
  #left = 0;
  #decoder = new ChunkedDecoder();

  constructor(taker: AnswerTaker) {
    this.#taker = taker;
  }

  /** The next bytes answer a request with this method. */
  expect(method: string): void {
    this.#state = 'head';
    this.#method = method;
    this.#interim = 0;
  }

  /**
   * Takes what was read, up to `to`; `bytes` may be overwritten afterwards.
   * @throws {MalformedMessageError | HeadTooLargeError | ChunkExtensionsError} and what the taker throws
   */
  read(bytes: Buffer, to = bytes.length): void {
    let from = 0;
    while (this.#state === 'head' && from < to) {
      const until = Math.min(to, from + this.#head.wantedBytes);
      const text = bytes.toString('latin1', from, until);
      const head = this.#head.read(text);
      if (head === undefined) return;
      const { consumed } = this.#head;
      from += consumed;
      this.#takeHead(head, to - from);
      if (until === to && this.#isWhole(to - from)) {
        this.#takeWhole(text.slice(consumed));
        return;
      }
    }
    if (from < to) this.#takeBody(bytes, from, to);
  }

  /** No more will come. @returns whether that ends the answer */
  end(): boolean {
    if (this.#state !== 'rest') return false;
    this.#finish();
    return true;
  }

  #takeHead(text: string, following: number): void {
    checkCharacters(text);
    if (!statusLine.test(text)) throw new MalformedMessageError('the status line is malformed');
    const old = text.startsWith('HTTP/1.0');
    const status = Number(text.slice(9, 12));
    if (status < 200) {
      if (status === 101 || ++this.#interim > maxInterim) {
        throw new MalformedMessageError(`an answer ${status} was not asked for`);
      }
      return;
    }
    const fields = new Fields(text, text.indexOf('\n') + 1);
    const said = bodyLengthOf(fields);
    // Whoever reads it by the rules of HTTP/1.0 knows no chunks.
    if (old && said === chunked) throw new MalformedMessageError('HTTP/1.0 has no chunks');
    const bodyLength = isBodiless(status, this.#method) ? 0 : said;
    if (bodyLength >= 0 && following > bodyLength) throw new MalformedMessageError('an answer is too long');
    const connection = fields.value('connection');
    const closing =
      bodyLength === unsaid ||
      hasOption(connection, 'close') ||
      (old && !hasOption(connection, 'keep-alive'));
    this.#expectBody(bodyLength);
    this.#taker.onHead({ status, fields, connection, bodyLength, closing });
    if (bodyLength === 0) this.#finish();
  }

  #expectBody(bodyLength: number): void {
    if (bodyLength === chunked) {
      this.#state = 'chunks';
      this.#decoder = new ChunkedDecoder();
    } else if (bodyLength === unsaid) this.#state = 'rest';
    else {
      this.#state = 'length';
      this.#length = bodyLength;
      this.#left = bodyLength;
    }
  }

  /** Whether so many bytes are all of a body, and not too long to be one text with the head. */
  #isWhole(count: number): boolean {
    return this.#state === 'length' && count === this.#length && count <= joinedBytes;
  }

  #takeWhole(body: string): void {
    this.#left = 0;
    this.#taker.onWhole(body);
    this.#finish();
  }

  #takeBody(bytes: Buffer, from: number, to: number): void {
    if (this.#state === 'idle') throw new MalformedMessageError('more came than was asked for');
    if (this.#state === 'length' && to - from > this.#left) {
      throw new MalformedMessageError('an answer is too long');
    }
    if (this.#isWhole(to - from)) {
      this.#takeWhole(bytes.toString('latin1', from, to));
      return;
    }
    // The taker keeps what it gets, and the next read overwrites these bytes.
    const kept = Buffer.from(bytes.subarray(from, to));
    if (this.#state === 'chunks') this.#takeChunks(kept);
    else {
      this.#left -= kept.length;
      this.#taker.onData(kept);
      if (this.#state === 'length' && this.#left === 0) this.#finish();
    }
  }

  #takeChunks(bytes: Buffer): void {
    const consumed = this.#decoder.decode(bytes, this.#take);
    if (consumed < bytes.length) throw new MalformedMessageError('an answer is too long');
    if (this.#decoder.done) this.#finish();
  }

  #finish(): void {
    this.#state = 'idle';
    this.#taker.onEnd();
  }
}
