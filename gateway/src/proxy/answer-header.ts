import { toFieldLines } from '../http1/field-lines.ts';

/** A header that an answer carries besides its own, whoever gives it. */
export class AnswerHeader {
  /** In lower case. */
  readonly name: string;
  readonly value: string;
  /** As it is sent, with its end. */
  readonly line: string;

  /**
   * One without a value is not sent: it only keeps the service's header of that name back.
   * @throws {UnsendableError} for what no header can say
   */
  constructor(name: string, value: string) {
    this.name = name;
    this.value = value;
    this.line = value === '' ? '' : toFieldLines([name, value]);
  }
}
