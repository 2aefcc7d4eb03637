import { type ApiError, failureEnvelope } from '@tsmicro/network';
import { endResponse, leavesBodyUnread } from './end.ts';
import type { Exchange } from './exchange.ts';

/** An answer of the gateway itself: no service is asked. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly retryAfterSec?: number | undefined;
  /** More headers, in lower case; `cache-control` is `no-store` where they do not say otherwise. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The content type of the envelope. */
export const jsonContentType = 'application/json; charset=utf-8';

/** A failure in the envelope. */
export function failureAnswer(error: ApiError, requestId: string): Answer {
  return {
    status: error.status,
    contentType: jsonContentType,
    body: JSON.stringify(failureEnvelope(error.status, error.message, requestId)),
    retryAfterSec: error.retryAfterSec,
  };
}

/** Sends an answer, if nothing of another one was sent; a client that is gone gets nothing. */
export function sendAnswer(exchange: Exchange, answer: Answer): void {
  const { response, requestId } = exchange;
  if (response.headersSent || response.destroyed) return;
  const headers = Object.entries({
    'content-type': answer.contentType,
    // Of a 304 it would be the length of what is not sent.
    ...(answer.status === 304 ? {} : { 'content-length': String(Buffer.byteLength(answer.body)) }),
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...answer.headers,
  }).flat();
  for (const { name, value } of exchange.answerHeaders) if (value !== '') headers.push(name, value);
  if (answer.retryAfterSec !== undefined) headers.push('retry-after', String(answer.retryAfterSec));
  if (leavesBodyUnread(exchange)) headers.push('connection', 'close');
  response.writeHead(answer.status, headers);
  endResponse(exchange, exchange.request.method === 'HEAD' ? '' : Buffer.from(answer.body));
}
