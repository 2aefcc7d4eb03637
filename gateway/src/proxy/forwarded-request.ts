import type { TraceContext } from '@tsmicro/network';
import type { Dispatcher } from 'undici';
import { clientAddress } from './client-address.ts';
import type { Exchange } from './exchange.ts';
import type { ProxiedRoute } from './proxied-route.ts';

/** What undici is handed for a request, ready to be dispatched, again if need be. */
export interface ForwardedRequest extends Dispatcher.DispatchOptions {
  readonly headers: string[];
}

/**
 * Builds the request to the service. `x-forwarded-*` say what this gateway saw, never what a client claims; the
 * last header is `x-deadline-ms`, the milliseconds that the service has.
 */
export function toForwardedRequest(
  exchange: Exchange,
  route: ProxiedRoute,
  pathAndQuery: string,
  body: Dispatcher.DispatchOptions['body'],
  { traceparent, tracestate }: TraceContext,
  timeLeftMs: number,
): ForwardedRequest {
  const { request, requestId, headers: came } = exchange;
  const headers = came.forwarded;
  headers.push(
    'x-request-id',
    requestId,
    'x-forwarded-for',
    clientAddress(exchange),
    'x-forwarded-host',
    came.host,
    'x-forwarded-proto',
    'http',
    'x-forwarded-port',
    String(request.socket.localPort),
    'traceparent',
    traceparent,
  );
  if (tracestate !== undefined) headers.push('tracestate', tracestate);
  // Without it the target's own name is sent.
  const host =
    route.preserveHost && came.host !== '' ? came.host : route.service.backend.upstream.entity.hostHeader;
  if (host !== undefined) headers.push('host', host);
  // A buffer tells its own length; the length of a stream is known only when the client declared it.
  if (came.bodyLength > 0 && body !== null && !Buffer.isBuffer(body)) {
    headers.push('content-length', String(came.bodyLength));
  }
  headers.push('x-deadline-ms', String(Math.max(0, Math.floor(timeLeftMs))));
  return {
    method: request.method ?? 'GET',
    path: pathAndQuery,
    headers,
    body: body ?? null,
  };
}

/** Says anew how much time is left: what an earlier attempt took is gone. */
export function refreshDeadline(forwarded: ForwardedRequest, timeLeftMs: number): void {
  forwarded.headers[forwarded.headers.length - 1] = String(Math.max(0, Math.floor(timeLeftMs)));
}
