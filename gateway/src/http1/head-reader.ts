import { HeadTooLargeError, MalformedMessageError } from './errors.ts';

const blankLine = '\r\n\r\n';

function checkLineEnds(text: string, from: number): void {
  for (let at = text.indexOf('\n', from); at !== -1; at = text.indexOf('\n', at + 1)) {
    if (text[at - 1] !== '\r') throw new MalformedMessageError('a line ends in LF alone');
  }
}

/** Reads heads of messages out of the bytes of a connection, one after the other, as text of one byte a character. */
export class HeadReader {
  readonly #maxBytes: number;
  #held = '';
  /** How many characters of the text that was read last belong to the head that they completed. */
  consumed = 0;

  /** A head may have `maxBytes`, its blank line included. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** A part of a head is there, and its end is not. */
  get begun(): boolean {
    return this.#held !== '';
  }

  /** So much of what comes may belong to a head; no more needs to be made a text. */
  get wantedBytes(): number {
    return this.#maxBytes - this.#held.length;
  }

  /**
   * The head up to the end of its last line, once `text` has its end; `consumed` then says where what follows begins.
   * @throws {HeadTooLargeError | MalformedMessageError} the latter for lines that end in LF alone: of them no blank line comes
   */
  read(text: string): string | undefined {
    const held = this.#held;
    const all = held === '' ? text : held + text;
    const end = all.indexOf(blankLine, Math.max(0, held.length - blankLine.length + 1));
    if (end === -1 ? all.length >= this.#maxBytes : end + blankLine.length > this.#maxBytes) {
      throw new HeadTooLargeError(all);
    }
    if (end === -1) {
      checkLineEnds(all, held.length);
      this.#held = all;
      return undefined;
    }
    this.#held = '';
    this.consumed = end + blankLine.length - held.length;
    return all.slice(0, end + 2);
  }
}
