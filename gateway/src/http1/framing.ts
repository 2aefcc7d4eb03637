import { MalformedMessageError } from './errors.ts';
import type { Fields } from './fields.ts';

/** The body is chunked. */
export const chunked = -1;
/** Nothing says where the body ends. */
export const unsaid = -2;

const digits = /^\d{1,15}$/;

/**
 * What a message says of the length of its body: bytes, {@link chunked} or {@link unsaid} (RFC 9112 section 6.3). What two
 * readers could take in two ways is refused: both headers, a header that is there twice, another coding than `chunked`.
 * @throws {MalformedMessageError}
 */
export function bodyLengthOf(fields: Fields): number {
  const { names } = fields;
  let length = unsaid;
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (name !== 'content-length' && name !== 'transfer-encoding') continue;
    if (length !== unsaid) throw new MalformedMessageError('the length of the body is said twice');
    const value = fields.valueAt(i);
    if (name === 'content-length') {
      if (!digits.test(value)) throw new MalformedMessageError('the length of the body is no number');
      length = Number(value);
    } else {
      if (value.toLowerCase() !== 'chunked') throw new MalformedMessageError('the coding is not known');
      length = chunked;
    }
  }
  return length;
}

/** Whether an answer has no body whatever its headers say (RFC 9112 section 6.3). */
export const isBodiless = (status: number, method: string): boolean =>
  method === 'HEAD' || status === 204 || status === 304;

/** Whether the list of a Connection header has this option. */
export function hasOption(connection: string | undefined, option: string): boolean {
  if (connection === undefined) return false;
  if (!connection.includes(',')) {
    return connection.length === option.length && connection.toLowerCase() === option;
  }
  return connection
    .toLowerCase()
    .split(',')
    .some((one) => one.trim() === option);
}
