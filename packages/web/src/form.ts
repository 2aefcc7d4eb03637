import type { IncomingMessage } from 'node:http';
import { ApiError, readBytes } from '@tsmicro/network';

const formType = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

/** What a form was sent with. */
export class Form {
  readonly #values: URLSearchParams;

  constructor(values = new URLSearchParams()) {
    this.#values = values;
  }

  /** The first value as it was sent, lines ended by LF; empty when there is none. */
  text(name: string): string {
    return this.texts(name)[0] ?? '';
  }

  /** All values of one name, as boxes of a list have them. */
  texts(name: string): string[] {
    return this.#values.getAll(name).map((value) => value.replaceAll('\r\n', '\n'));
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }
}

/**
 * Reads the form that a browser sends.
 * @throws {ApiError} 413 over 1 MiB, 415 for what is no form, 400 when it was cut off
 */
export function readForm(request: IncomingMessage): Promise<Form> {
  const { promise, resolve, reject } = Promise.withResolvers<Form>();
  if (!formType.test(request.headers['content-type'] ?? '')) {
    request.resume();
    reject(new ApiError(415, 'body must be application/x-www-form-urlencoded'));
  } else {
    readBytes(request, (error, bytes) => {
      if (error === undefined) resolve(new Form(new URLSearchParams(bytes?.toString())));
      else reject(error);
    });
  }
  return promise;
}
