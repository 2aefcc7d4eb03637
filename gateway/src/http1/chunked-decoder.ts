import { ChunkExtensionsError, MalformedMessageError } from './errors.ts';

const maxExtensionBytes = 16 * 1024;
const maxTrailerBytes = 16 * 1024;
/** Larger ones are no safe integers. */
const maxSizeDigits = 13;
const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;

type State =
  | 'size'
  | 'extension'
  | 'sizeEnd'
  | 'data'
  | 'dataCr'
  | 'dataLf'
  | 'trailerStart'
  | 'trailer'
  | 'trailerLf'
  | 'endLf'
  | 'done';

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

const isText = (code: number) => code === 0x09 || (code >= 0x20 && code !== 0x7f);

/**
 * Decodes a chunked body (RFC 9112 section 7.1) as its bytes come. Strict, as a neighbour might read laxer or stricter:
 * lines end in CR and LF, a size is hex digits alone. Extensions and trailers are checked, bounded and dropped.
 */
export class ChunkedDecoder {
  #state: State = 'size';
  #size = 0;
  #digits = 0;
  #extensionBytes = 0;
  #trailerBytes = 0;

  /** The body has ended. */
  get done(): boolean {
    return this.#state === 'done';
  }

  /**
   * Gives what is content in `bytes` to `take`, as views on them.
   * @returns how many of the bytes belong to the body: all, unless it has ended
   * @throws {MalformedMessageError | ChunkExtensionsError}
   */
  decode(bytes: Buffer, take: (content: Buffer) => void): number {
    let at = 0;
    while (at < bytes.length && this.#state !== 'done') {
      if (this.#state === 'data') {
        const end = Math.min(bytes.length, at + this.#size);
        take(bytes.subarray(at, end));
        this.#size -= end - at;
        at = end;
        if (this.#size === 0) this.#state = 'dataCr';
      } else {
        this.#step(bytes[at] ?? 0);
        at++;
      }
    }
    return at;
  }

  #step(code: number): void {
    switch (this.#state) {
      case 'size':
        this.#stepSize(code);
        break;
      case 'extension':
        if (code === CR) this.#state = 'sizeEnd';
        else if (!isText(code)) throw new MalformedMessageError('a chunk extension is malformed');
        else if (++this.#extensionBytes > maxExtensionBytes) {
          throw new ChunkExtensionsError('chunk extensions are too large');
        }
        break;
      case 'sizeEnd':
        this.#expect(code, LF);
        this.#state = this.#size > 0 ? 'data' : 'trailerStart';
        this.#digits = 0;
        break;
      case 'dataCr':
        this.#expect(code, CR);
        this.#state = 'dataLf';
        break;
      case 'dataLf':
        this.#expect(code, LF);
        this.#state = 'size';
        break;
      case 'trailerStart':
        if (code === CR) this.#state = 'endLf';
        else this.#stepTrailer(code);
        break;
      case 'trailer':
        if (code === CR) this.#state = 'trailerLf';
        else this.#stepTrailer(code);
        break;
      case 'trailerLf':
        this.#expect(code, LF);
        this.#state = 'trailerStart';
        break;
      case 'endLf':
        this.#expect(code, LF);
        this.#state = 'done';
        break;
    }
  }

  #stepSize(code: number): void {
    const digit = hexDigit(code);
    if (digit !== -1) {
      if (++this.#digits > maxSizeDigits) throw new MalformedMessageError('a chunk is too large');
      this.#size = this.#size * 16 + digit;
      return;
    }
    if (this.#digits === 0) throw new MalformedMessageError('a chunk has no size');
    if (code === CR) this.#state = 'sizeEnd';
    else if (code === SEMICOLON) this.#state = 'extension';
    else throw new MalformedMessageError('the size of a chunk is malformed');
  }

  #stepTrailer(code: number): void {
    if (!isText(code)) throw new MalformedMessageError('a trailer is malformed');
    if (++this.#trailerBytes > maxTrailerBytes) throw new MalformedMessageError('trailers are too large');
    this.#state = 'trailer';
  }

  #expect(code: number, wanted: number): void {
    if (code !== wanted) throw new MalformedMessageError('a chunk does not end as it must');
  }
}
