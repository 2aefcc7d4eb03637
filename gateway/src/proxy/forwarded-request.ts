import type { Readable } from 'node:stream';
import type { TraceContext } from '@tsmicro/network';
import type { RequestParts } from '../http1/client-request.ts';
import type { Exchange } from './exchange.ts';
import type { ProxiedRoute } from './proxied-route.ts';

/** A request to a service, whichever of its targets gets it, ready to be sent again if need be. */
export interface ForwardedRequest extends RequestParts {
  /** Undefined where the target's own name is said. */
  readonly host: string | undefined;
}

/** Builds the request to the service. `x-forwarded-*` say what this gateway or a trusted peer saw, never what a client claims. */
export function toForwardedRequest(
  exchange: Exchange,
  route: ProxiedRoute,
  pathAndQuery: string,
  body: Buffer | Readable | undefined,
  { traceparent, tracestate }: TraceContext,
): ForwardedRequest {
  const { request, requestId, headers: came } = exchange;
  const trace = `traceparent: ${traceparent}\r\n${tracestate === undefined ? '' : `tracestate: ${tracestate}\r\n`}`;
  const seen = `x-forwarded-for: ${exchange.clientAddress}\r\nx-forwarded-host: ${came.host}\r\nx-forwarded-proto: ${exchange.clientProtocol}\r\nx-forwarded-port: ${request.connection.localPort}\r\n`;
  return {
    method: request.method,
    path: pathAndQuery,
    host:
      route.preserveHost && came.host !== '' ? came.host : route.service.backend.upstream.entity.hostHeader,
    lines: `${exchange.forwardedLines}x-request-id: ${requestId}\r\n${seen}${trace}`,
    body,
    bodyLength: came.bodyLength > 0 ? came.bodyLength : undefined,
  };
}

/** Says how many milliseconds the service has; anew with every attempt, as what an earlier one took is gone. */
export function toDeadlineLine(timeLeftMs: number): string {
  return `x-deadline-ms: ${Math.max(0, Math.floor(timeLeftMs))}\r\n`;
}
