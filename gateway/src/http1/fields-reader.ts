import { checkCharacters, Fields } from './fields.ts';

/** Lines up to here are compared with those of the next request. */
const maxRepeated = 4 * 1024;

/** Reads the field lines of a connection's requests. Most clients say the same with each: then nothing is read again. */
export class FieldsReader {
  #lines = '';
  #fields: Fields | undefined;

  /** @throws {MalformedMessageError} */
  read(lines: string): Fields {
    if (this.#fields !== undefined && this.#lines === lines) {
      this.#fields.repeated = true;
      return this.#fields;
    }
    checkCharacters(lines);
    const fields = new Fields(lines, 0);
    const keeps = lines.length <= maxRepeated;
    this.#lines = keeps ? lines : '';
    this.#fields = keeps ? fields : undefined;
    return fields;
  }
}
