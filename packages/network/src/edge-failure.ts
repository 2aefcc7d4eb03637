// What the edge answers itself, in the envelope, about requests that no listener gets to see.
import { randomUUID } from 'node:crypto';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import { failureEnvelope } from './envelope.ts';

/** Longer URLs are refused. */
export const maxUrlLength = 8 * 1024;

/** A whole answer as it goes over the wire, for a connection that has no response object. */
export function failureBytes(status: number, message: string): string {
  const requestId = randomUUID();
  const body = JSON.stringify(failureEnvelope(status, message, requestId));
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'x-content-type-options: nosniff',
    'connection: close',
    '',
    body,
  ].join('\r\n');
}

/** Sends a failure in the envelope through node's own response object and closes the connection after it. */
export function refuse(response: ServerResponse, status: number, message: string, requestId: string): void {
  const body = JSON.stringify(failureEnvelope(status, message, requestId));
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
    ...(status === 503 || status === 429 ? { 'retry-after': '1' } : {}),
    connection: 'close',
  });
  response.end(body);
}

/** An error of node's HTTP parser. */
export type ParserError = NodeJS.ErrnoException & { rawPacket?: Buffer };

/** What a parser error amounts to. A first line that never ended is a URL too long, not headers too large. */
export function statusOf(error: ParserError): [number, string] {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW': {
      const start = error.rawPacket?.subarray(0, maxUrlLength).toString('latin1') ?? '';
      return /^[A-Z]+ [^\r\n]*$/.test(start) && start.length >= maxUrlLength
        ? [414, 'url is too long']
        : [431, 'headers are too large'];
    }
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [408, 'request was not received in time'];
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return [413, 'chunk extensions are too large'];
    default:
      return [400, 'malformed HTTP request'];
  }
}
