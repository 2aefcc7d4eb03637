import { UnsendableError } from './client-errors.ts';
import { outsideValue } from './fields.ts';

const notInToken = /[^!#$%&'*+.^_`|~0-9A-Za-z-]/;

/**
 * The lines of fields that were not read from a message: `fields` are name, value, name, value. What holds the end of a
 * line, or a character that is not one byte, is never sent.
 * @throws {UnsendableError}
 */
export function toFieldLines(fields: readonly string[]): string {
  let lines = '';
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] ?? '';
    const value = fields[i + 1] ?? '';
    if (name === '' || notInToken.test(name) || outsideValue.test(value)) {
      throw new UnsendableError('a header has a character that cannot be sent');
    }
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}
