import type { Readable } from 'node:stream';
import { UnsendableError } from './client-errors.ts';
import { outsideValue } from './fields.ts';
import { chunked, unsaid } from './framing.ts';

/** What is asked of a server, in parts. */
export interface RequestParts {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Name in lower case, value, name, value; nothing of the connection and of the length. */
  readonly fields: readonly string[];
  readonly body?: Buffer | Readable | undefined;
  /** Of a body that is streamed, where it is known; else it is chunked. */
  readonly bodyLength?: number | undefined;
}

/** A request as it goes out. */
export interface ClientRequest {
  readonly method: string;
  /** Up to the blank line, one byte a character. */
  readonly head: string;
  readonly body: Buffer | Readable | undefined;
  /** In bytes; `chunked`, or `unsaid` where there is no body and nothing is said of one. */
  readonly bodyLength: number;
}

const notInToken = /[^!#$%&'*+.^_`|~0-9A-Za-z-]/;
const notInTarget = /[^\x21-\x7e\x80-\xff]/;
const bodyMethods: ReadonlySet<string> = new Set(['PATCH', 'POST', 'PUT']);

function lengthOf({ method, body, bodyLength }: RequestParts): number {
  if (body === undefined) return bodyMethods.has(method) ? 0 : unsaid;
  if (!Buffer.isBuffer(body)) return bodyLength ?? chunked;
  return body.length > 0 || bodyMethods.has(method) ? body.length : unsaid;
}

/**
 * Puts a request to `host` together. What holds the end of a line, or a character that is not one byte, is never sent.
 * @throws {UnsendableError}
 */
export function toClientRequest(parts: RequestParts, host: string): ClientRequest {
  const { method, path, fields, body } = parts;
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
  // Looked at together, at the end: one long text is looked through faster than many short ones.
  let names = method;
  let values = host;
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] ?? '';
    const value = fields[i + 1] ?? '';
    if (name === '') throw new UnsendableError('a header of the request has no name');
    head += `${name}: ${value}\r\n`;
    names += name;
    values += value;
  }
  if (notInToken.test(names) || notInTarget.test(path) || outsideValue.test(values)) {
    throw new UnsendableError('the request has a character that cannot be sent');
  }
  const bodyLength = lengthOf(parts);
  if (bodyLength === chunked) head += 'transfer-encoding: chunked\r\n';
  else if (bodyLength !== unsaid) head += `content-length: ${bodyLength}\r\n`;
  return { method, head: `${head}\r\n`, body, bodyLength };
}
