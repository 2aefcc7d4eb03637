import { Buffer } from 'node:buffer';
import type { Readable } from 'node:stream';
import { UnsendableError } from './client-errors.ts';
import { outsideValue } from './fields.ts';
import { chunked, unsaid } from './framing.ts';

/** What is asked of a server, in parts. */
export interface RequestParts {
  /** One of those that are known. */
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /**
   * Lines of fields, each with its end, nothing of the connection and of the length: as they were read from a message, or
   * as `toFieldLines` gives them.
   */
  readonly lines: string;
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

const notInTarget = /[^\x21-\x7e\x80-\xff]/;
const bodyMethods: ReadonlySet<string> = new Set(['PATCH', 'POST', 'PUT']);

function lengthOf({ method, body, bodyLength }: RequestParts): number {
  if (body === undefined) return bodyMethods.has(method) ? 0 : unsaid;
  if (!Buffer.isBuffer(body)) return bodyLength ?? chunked;
  return body.length > 0 || bodyMethods.has(method) ? body.length : unsaid;
}

function lengthLine(bodyLength: number): string {
  if (bodyLength === unsaid) return '';
  return bodyLength === chunked ? 'transfer-encoding: chunked\r\n' : `content-length: ${bodyLength}\r\n`;
}

/**
 * Puts a request to `host` together; `more` are lines that only this attempt has.
 * @throws {UnsendableError} for a path or host that would not be read as it is meant
 */
export function toClientRequest(parts: RequestParts, host: string, more = ''): ClientRequest {
  const { method, path, lines, body } = parts;
  if (notInTarget.test(path) || outsideValue.test(host)) {
    throw new UnsendableError('the request has a character that cannot be sent');
  }
  const bodyLength = lengthOf(parts);
  const head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n${lines}${more}${lengthLine(bodyLength)}\r\n`;
  return { method, head, body, bodyLength };
}
