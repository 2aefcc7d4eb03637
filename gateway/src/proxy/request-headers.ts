import { ApiError, badRequest } from '@tsmicro/network';
import type { ServerRequest } from '../http1/server-request.ts';

/** A request's headers, read in one pass over what came. */
export interface RequestHeaders {
  /** What goes on to the service: name, value, name, value; without those that the gateway sets itself. */
  readonly forwarded: string[];
  readonly host: string;
  /** Bytes of the body; -1 when it is chunked. */
  readonly bodyLength: number;
  /** The client waits for "100 Continue" before it sends the body. */
  readonly expectsContinue: boolean;
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

function withoutNamed(forwarded: readonly string[], connection: string): string[] {
  const named = new Set(connection.split(',').map((name) => name.trim().toLowerCase()));
  const kept: string[] = [];
  for (let i = 0; i < forwarded.length; i += 2) {
    const name = forwarded[i] ?? '';
    if (!named.has(name)) kept.push(name, forwarded[i + 1] ?? '');
  }
  return kept;
}

/**
 * Reads the headers of a request.
 * @throws {ApiError} 417 for an expectation that is not known, 400 for two Host headers, an upgrade, or a chunked HTTP/1.0 request
 */
export function readRequestHeaders({
  rawHeaders: raw,
  minorVersion,
  bodyLength,
}: Pick<ServerRequest, 'rawHeaders' | 'minorVersion' | 'bodyLength'>): RequestHeaders {
  let forwarded: string[] = [];
  let host: string | undefined;
  let connection = '';
  let expectsContinue = false;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const value = raw[i + 1] ?? '';
    if (!dropped.has(name)) {
      if (!name.startsWith('x-') || !droppedPrefixes.test(name)) forwarded.push(name, value);
      continue;
    }
    switch (name) {
      case 'host':
        if (host !== undefined) throw badRequest('host header is there twice');
        host = value;
        break;
      case 'connection':
        connection = connection === '' ? value : `${connection},${value}`;
        break;
      case 'transfer-encoding':
        // An HTTP/1.0 neighbour would not read chunks: RFC 9112 section 6.1 calls such a message suspect.
        if (minorVersion === 0) throw badRequest('malformed HTTP request');
        break;
      case 'expect':
        if (value.toLowerCase() !== '100-continue') throw new ApiError(417, 'expectation failed');
        expectsContinue = true;
        break;
      case 'upgrade':
        throw badRequest('upgrade is not supported');
    }
  }
  if (connection !== '' && !/^(?:keep-alive|close)$/i.test(connection)) {
    forwarded = withoutNamed(forwarded, connection);
  }
  return { forwarded, host: host ?? '', bodyLength, expectsContinue };
}
