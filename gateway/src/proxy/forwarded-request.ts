import type { Readable } from 'node:stream';
import type { TraceContext } from '@tsmicro/network';
import type { RequestParts } from '../http1/client-request.ts';
import type { Exchange } from './exchange.ts';
import type { ProxiedRoute } from './proxied-route.ts';

/** A request to a service, whichever of its targets gets it, ready to be sent again if need be. */
export interface ForwardedRequest extends RequestParts {
  /** Undefined where the target's own name is said. */
  readonly host: string | undefined;
  readonly fields: string[];
}

/**
 * Builds the request to the service. `x-forwarded-*` say what this gateway saw, never what a client claims; the
 * last header is `x-deadline-ms`, the milliseconds that the service has.
 */
export function toForwardedRequest(
  exchange: Exchange,
  route: ProxiedRoute,
  pathAndQuery: string,
  body: Buffer | Readable | undefined,
  { traceparent, tracestate }: TraceContext,
  timeLeftMs: number,
): ForwardedRequest {
  const { request, requestId, headers: came } = exchange;
  const fields = came.forwarded;
  fields.push(
    'x-request-id',
    requestId,
    'x-forwarded-for',
    exchange.clientAddress,
    'x-forwarded-host',
    came.host,
    'x-forwarded-proto',
    'http',
    'x-forwarded-port',
    String(request.connection.localPort),
    'traceparent',
    traceparent,
  );
  if (tracestate !== undefined) fields.push('tracestate', tracestate);
  fields.push('x-deadline-ms', String(Math.max(0, Math.floor(timeLeftMs))));
  return {
    method: request.method,
    path: pathAndQuery,
    host:
      route.preserveHost && came.host !== '' ? came.host : route.service.backend.upstream.entity.hostHeader,
    fields,
    body,
    bodyLength: came.bodyLength > 0 ? came.bodyLength : undefined,
  };
}

/** Says anew how much time is left: what an earlier attempt took is gone. */
export function refreshDeadline(forwarded: ForwardedRequest, timeLeftMs: number): void {
  forwarded.fields[forwarded.fields.length - 1] = String(Math.max(0, Math.floor(timeLeftMs)));
}
