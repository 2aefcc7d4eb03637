import type { Readable } from 'node:stream';
import type { TraceContext } from '@tsmicro/network';
import type { RequestParts } from '../http1/client-request.ts';
import type { Fields } from '../http1/fields.ts';
import type { Exchange } from './exchange.ts';
import type { ProxiedRoute } from './proxied-route.ts';

/** A request to a service, whichever of its targets gets it, ready to be sent again if need be. */
export interface ForwardedRequest extends RequestParts {
  /** Undefined where the target's own name is said. */
  readonly host: string | undefined;
}

/** What goes on of fields that a client repeats, with what the gateway saw of it, which is the same too. */
const repeated = new WeakMap<Fields, string>();

/** What came and goes on, and where it came from. */
function passedLines(exchange: Exchange): string {
  const { clientAddress, clientProtocol, headers, request } = exchange;
  return `${exchange.forwardedLines}x-forwarded-for: ${clientAddress}\r\nx-forwarded-host: ${headers.host}\r\nx-forwarded-proto: ${clientProtocol}\r\nx-forwarded-port: ${request.connection.localPort}\r\n`;
}

function repeatedLines(exchange: Exchange): string {
  const { fields } = exchange.request;
  if (!fields.repeated || exchange.changesHeaders) return passedLines(exchange);
  const known = repeated.get(fields);
  if (known !== undefined) return known;
  // In one piece: else each request would put it together again.
  const lines = Buffer.from(passedLines(exchange), 'latin1').toString('latin1');
  repeated.set(fields, lines);
  return lines;
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
  return {
    method: request.method,
    path: pathAndQuery,
    host:
      route.preserveHost && came.host !== '' ? came.host : route.service.backend.upstream.entity.hostHeader,
    lines: `${repeatedLines(exchange)}x-request-id: ${requestId}\r\n${trace}`,
    body,
    bodyLength: came.bodyLength > 0 ? came.bodyLength : undefined,
  };
}

/** Says how many milliseconds the service has; anew with every attempt, as what an earlier one took is gone. */
export function toDeadlineLine(timeLeftMs: number): string {
  return `x-deadline-ms: ${Math.max(0, Math.floor(timeLeftMs))}\r\n`;
}
