import { HeadTooLargeError, MalformedMessageError } from './errors.ts';

const blankLine = Buffer.from('\r\n\r\n');
const CR = 0x0d;
const LF = 0x0a;
const nothing = Buffer.alloc(0);

function checkLineEnds(bytes: Buffer, from: number): void {
  for (let at = bytes.indexOf(LF, from); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at - 1] !== CR) throw new MalformedMessageError('a line ends in LF alone');
  }
}

/** Reads heads of messages out of the bytes of a connection, one after the other. */
export class HeadReader {
  readonly #maxBytes: number;
  #held: Buffer = nothing;
  /** How many of the bytes that were read last belong to the head that they completed. */
  consumed = 0;

  /** A head may have `maxBytes`, its blank line included. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** A part of a head is there, and its end is not. */
  get begun(): boolean {
    return this.#held.length > 0;
  }

  /**
   * The head as text of one byte a character, up to the end of its last line, once `bytes` have its end; `consumed` then
   * says where what follows begins. The bytes are copied where they must outlive the call.
   * @throws {HeadTooLargeError | MalformedMessageError} the latter for lines that end in LF alone: of them no blank line comes
   */
  read(bytes: Buffer): string | undefined {
    const held = this.#held;
    // Without a copy where it came in one piece, as nearly all do.
    const all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    const end = all.indexOf(blankLine, Math.max(0, held.length - blankLine.length + 1));
    if (end === -1 ? all.length >= this.#maxBytes : end + blankLine.length > this.#maxBytes) {
      throw new HeadTooLargeError(all);
    }
    if (end === -1) {
      checkLineEnds(all, held.length);
      this.#held = held.length === 0 ? Buffer.from(bytes) : all;
      return undefined;
    }
    this.#held = nothing;
    this.consumed = end + blankLine.length - held.length;
    return all.toString('latin1', 0, end + 2);
  }
}
