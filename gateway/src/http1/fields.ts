import { MalformedMessageError } from './errors.ts';

/** Control characters, and ends of lines that are not CR and LF: one neighbour would see them and the other not. */
const misfit = /[^\t\r\n\x20-\x7e\x80-\xff]|\r(?!\n)|(?<!\r)\n/;
/** What no value can have. Written as one byte a character, U+010A would be an end of line. */
export const outsideValue = /[^\t\x20-\x7e\x80-\xff]/;
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** So many names are remembered in lower case: what nearly all messages say is not looked at again. */
const maxKnown = 1_000;
const longestKnown = 64;
const known = new Map<string, string>();

function toName(given: string): string {
  const seen = known.get(given);
  if (seen !== undefined) return seen;
  if (!token.test(given)) throw new MalformedMessageError('a header name is malformed');
  const name = given.toLowerCase();
  if (known.size < maxKnown && given.length <= longestKnown) known.set(given, name);
  return name;
}

const isBlank = (code: number) => code === 0x20 || code === 0x09;

/**
 * Whether a head has nothing but visible characters, blanks, and lines that end in CR and LF.
 * @throws {MalformedMessageError} when it has not
 */
export function checkCharacters(head: string): void {
  if (misfit.test(head)) throw new MalformedMessageError('a character is not allowed there');
}

/**
 * The field lines of a head (RFC 9112 section 5) from `start` on, each ended by CR and LF: name in lower case, value,
 * name, value. Folded lines, blanks before the colon and names that are no tokens are refused; {@link checkCharacters}
 * must have passed.
 * @throws {MalformedMessageError}
 */
export function parseFields(head: string, start: number): string[] {
  const fields: string[] = [];
  let at = start;
  while (at < head.length) {
    const colon = head.indexOf(':', at);
    const lineEnd = head.indexOf('\r', at);
    if (colon === -1 || colon > lineEnd) throw new MalformedMessageError('a header line has no colon');
    let from = colon + 1;
    while (from < lineEnd && isBlank(head.charCodeAt(from))) from++;
    let to = lineEnd;
    while (to > from && isBlank(head.charCodeAt(to - 1))) to--;
    fields.push(toName(head.slice(at, colon)), head.slice(from, to));
    at = lineEnd + 2;
  }
  return fields;
}

/** The value of a field by its lower-case name; of one that is there more than once all values, with commas. */
export function fieldOf(fields: readonly string[], name: string): string | undefined {
  let value: string | undefined;
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] === name) value = value === undefined ? fields[i + 1] : `${value}, ${fields[i + 1]}`;
  }
  return value;
}
