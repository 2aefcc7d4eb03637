import { ApiError, badRequest } from '@tsmicro/network';
import type { Fields } from '../http1/fields.ts';
import type { ServerRequest } from '../http1/server-request.ts';

/** What the gateway itself reads in a request's headers. */
export interface RequestHeaders {
  readonly host: string;
  /** Bytes of the body; -1 when it is chunked. */
  readonly bodyLength: number;
  /** The client waits for "100 Continue" before it sends the body. */
  readonly expectsContinue: boolean;
  /** What the client says of the connection. */
  readonly connection: string;
}

/** What ends at the gateway: hop-by-hop (RFC 9110 section 7.6.1), set anew, or no client's to say. */
const dropped: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'forwarded',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'traceparent',
  'tracestate',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-deadline-ms',
  'x-real-ip',
  'x-request-id',
]);
const droppedPrefixes = /^x-(?:user|consumer|forwarded)-/;
const noNames: ReadonlySet<string> = new Set();

/** What a Connection header names besides the connection itself: of this hop alone, whatever it is. */
export function namesOf(connection: string | undefined): ReadonlySet<string> {
  if (connection === undefined || connection === '' || /^(?:keep-alive|close)$/i.test(connection))
    return noNames;
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()));
}

const endsHere = (name: string) => dropped.has(name) || (name.startsWith('x-') && droppedPrefixes.test(name));

/** The lines that go on to the service, without those that the gateway sets itself, and without `withheld`. */
export function toForwardedLines(fields: Fields, connection: string, withheld: readonly string[]): string {
  const named = namesOf(connection);
  if (named === noNames && withheld.length === 0) return fields.linesWithout(endsHere);
  return fields.linesWithout((name) => endsHere(name) || named.has(name) || withheld.includes(name));
}

/**
 * Reads the headers of a request.
 * @throws {ApiError} 417 for an expectation that is not known, 400 for two Host headers, an upgrade, or a chunked HTTP/1.0 request
 */
export function readRequestHeaders({
  fields,
  minorVersion,
  bodyLength,
}: Pick<ServerRequest, 'fields' | 'minorVersion' | 'bodyLength'>): RequestHeaders {
  const { names } = fields;
  let host: string | undefined;
  let connection = '';
  let expectsContinue = false;
  for (let i = 0; i < names.length; i++) {
    switch (names[i]) {
      case 'host':
        if (host !== undefined) throw badRequest('host header is there twice');
        host = fields.valueAt(i);
        break;
      case 'connection':
        connection = connection === '' ? fields.valueAt(i) : `${connection},${fields.valueAt(i)}`;
        break;
      case 'transfer-encoding':
        // An HTTP/1.0 neighbour would not read chunks: RFC 9112 section 6.1 calls such a message suspect.
        if (minorVersion === 0) throw badRequest('malformed HTTP request');
        break;
      case 'expect':
        if (fields.valueAt(i).toLowerCase() !== '100-continue') throw new ApiError(417, 'expectation failed');
        expectsContinue = true;
        break;
      case 'upgrade':
        throw badRequest('upgrade is not supported');
    }
  }
  return { host: host ?? '', bodyLength, expectsContinue, connection };
}
