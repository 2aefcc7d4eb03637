import { METHODS } from 'node:http';
import { MalformedMessageError } from './errors.ts';

const methods = new Set(METHODS);
const outsideTarget = /[^\x21-\x7e]/;

/** The first line of a request (RFC 9112 section 3). */
export interface RequestLine {
  readonly method: string;
  readonly target: string;
  /** 1 for HTTP/1.1, 0 for HTTP/1.0. */
  readonly minorVersion: 0 | 1;
  /** Where the line after it begins. */
  readonly end: number;
}

/** Reads the first line of a head. @throws {MalformedMessageError} */
export function parseRequestLine(head: string): RequestLine {
  const lineEnd = head.indexOf('\r\n');
  const afterMethod = head.indexOf(' ');
  const afterTarget = head.indexOf(' ', afterMethod + 1);
  if (afterTarget === -1 || afterTarget > lineEnd)
    throw new MalformedMessageError('the first line is malformed');
  const method = head.slice(0, afterMethod);
  if (!methods.has(method)) throw new MalformedMessageError('the method is not known');
  const target = head.slice(afterMethod + 1, afterTarget);
  if (target === '' || outsideTarget.test(target)) throw new MalformedMessageError('the target is malformed');
  const version = head.slice(afterTarget + 1, lineEnd);
  if (version !== 'HTTP/1.1' && version !== 'HTTP/1.0') {
    throw new MalformedMessageError('the version is not known');
  }
  return { method, target, minorVersion: version === 'HTTP/1.1' ? 1 : 0, end: lineEnd + 2 };
}
