import { MalformedMessageError } from './errors.ts';

/** Lines of visible characters and blanks that end in CR and LF: what else there is one neighbour would see and the other not. */
const lines = /^(?:[\t\x20-\x7e\x80-\xff]*\r\n)*$/;
/** What no value can have. Written as one byte a character, U+010A would be an end of line. */
export const outsideValue = /[^\t\x20-\x7e\x80-\xff]/;
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** So many names are remembered in lower case: what nearly all messages say is not looked at again. */
const maxKnown = 1_000;
const longestKnown = 64;
const known = new Map<string, string>();

/** The engine's own copy of a text: of two such it compares the places instead of the characters. */
const internalised = (text: string) => Object.keys({ [text]: 0 })[0] ?? text;

function toName(given: string): string {
  const seen = known.get(given);
  if (seen !== undefined) return seen;
  if (!token.test(given)) throw new MalformedMessageError('a header name is malformed');
  if (known.size === maxKnown || given.length > longestKnown) return given.toLowerCase();
  const name = internalised(given.toLowerCase());
  known.set(given, name);
  return name;
}

const isBlank = (code: number) => code === 0x20 || code === 0x09;

/**
 * Whether a head has nothing but visible characters, blanks, and lines that end in CR and LF.
 * @throws {MalformedMessageError} when it has not
 */
export function checkCharacters(head: string): void {
  if (!lines.test(head)) throw new MalformedMessageError('a character is not allowed there');
}

/**
 * The field lines of a head (RFC 9112 section 5). They stay in its text, of which values are cut out when they are asked
 * for, and lines that go on as they came.
 */
export class Fields {
  /** Another message of the same connection had them too: what is made of them is worth keeping. */
  repeated = false;
  readonly #head: string;
  /** Of each field, in lower case. */
  readonly names: string[] = [];
  /** Of each field: where its line begins, and where its value begins and ends. */
  readonly #marks: number[] = [];

  /**
   * Reads the lines of `head` from `start` on, each ended by CR and LF. Folded lines, blanks before the colon and names
   * that are no tokens are refused; {@link checkCharacters} must have passed.
   * @throws {MalformedMessageError}
   */
  constructor(head: string, start: number) {
    this.#head = head;
    let at = start;
    while (at < head.length) {
      const colon = head.indexOf(':', at);
      const lineEnd = head.indexOf('\r', at);
      if (colon === -1 || colon > lineEnd) throw new MalformedMessageError('a header line has no colon');
      let from = colon + 1;
      while (from < lineEnd && isBlank(head.charCodeAt(from))) from++;
      let to = lineEnd;
      while (to > from && isBlank(head.charCodeAt(to - 1))) to--;
      this.names.push(toName(head.slice(at, colon)));
      this.#marks.push(at, from, to);
      at = lineEnd + 2;
    }
  }

  /** The value of the field at this place. */
  valueAt(index: number): string {
    return this.#head.slice(this.#marks[index * 3 + 1], this.#marks[index * 3 + 2]);
  }

  /** The value by its lower-case name; of one that is there more than once all values, with commas. */
  value(name: string): string | undefined {
    const { names } = this;
    let value: string | undefined;
    for (let i = 0; i < names.length; i++) {
      if (names[i] !== name) continue;
      value = value === undefined ? this.valueAt(i) : `${value}, ${this.valueAt(i)}`;
    }
    return value;
  }

  /** The lines as they came, each with its end, but for those whose name is left out. */
  linesWithout(isLeftOut: (name: string) => boolean): string {
    const { names } = this;
    let kept = '';
    let from = this.#marks[0] ?? this.#head.length;
    for (let i = 0; i < names.length; i++) {
      if (!isLeftOut(names[i] ?? '')) continue;
      const begin = this.#marks[i * 3] ?? 0;
      // What stands together is cut out together.
      if (begin > from) kept += this.#head.slice(from, begin);
      from = this.#marks[i * 3 + 3] ?? this.#head.length;
    }
    return from < this.#head.length ? kept + this.#head.slice(from) : kept;
  }

  /** Name in lower case, value, name, value. */
  get flat(): string[] {
    return this.names.flatMap((name, index) => [name, this.valueAt(index)]);
  }
}
