// What a router does at the beginning and at the end of every request. Answers are written past the client-facing half
// of Fastify: status, headers and text are known, and what it would find out costs as much as the rest.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { failureEnvelope } from './envelope.ts';
import type { ApiError } from './errors.ts';
import { beginServing, endServing, httpServed, type ServedOperation } from './operation.ts';
import { RequestContext, timeoutFrom } from './request-context.ts';
import { traceFrom } from './trace-context.ts';

declare module 'fastify' {
  interface FastifyRequest {
    context: RequestContext;
    operation: ServedOperation | undefined;
  }
}

const maxRequestMs = 5_000;
const unknownRoute = 'unknown';

/** The context of a request, made when it is first asked for. */
export function openContext(request: FastifyRequest, reply: FastifyReply): RequestContext {
  // Fastify decorates requests without saying that the value is missing at first.
  const opened: RequestContext | undefined = request.context;
  if (opened) return opened;
  const { traceparent, tracestate, 'x-deadline-ms': deadline } = request.headers;
  const context = new RequestContext({
    requestId: request.id,
    timeoutMs: timeoutFrom(deadline, maxRequestMs),
    trace: traceparent === undefined ? undefined : traceFrom(traceparent, tracestate),
    onCallerGone: (left) => reply.raw.once('close', left),
  });
  request.context = context;
  if (httpServed.observed) {
    const route = request.is404 ? unknownRoute : (request.routeOptions.url ?? unknownRoute);
    request.operation = beginServing(httpServed, route, context, request.method);
  }
  return context;
}

/** Without its query, which may hold what no log should. */
export const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? url;

/** Sends JSON text and ends the request; nothing when it was answered already. */
export function sendJson(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  text: string,
  error?: ApiError,
): void {
  const response = reply.raw;
  if (response.headersSent) return;
  reply.hijack();
  const headers = [
    'content-type',
    'application/json; charset=utf-8',
    'content-length',
    String(Buffer.byteLength(text)),
    'x-request-id',
    request.id,
    'x-content-type-options',
    'nosniff',
    'cache-control',
    'no-store',
  ];
  if (error?.retryAfterSec !== undefined) headers.push('retry-after', String(error.retryAfterSec));
  response.writeHead(status, headers);
  response.end(text);
  conclude(request, status, error);
}

/** Sends a failure in the envelope and logs the cause of one that is ours. */
export function sendFailure(request: FastifyRequest, reply: FastifyReply, error: ApiError): void {
  if (error.status >= 500) {
    const level = error.status === 500 ? 'error' : 'warn';
    const { id: requestId } = request;
    request.log[level]({ requestId, err: error.cause ?? error, path: pathOf(request) }, error.message);
  }
  const envelope = failureEnvelope(error.status, error.message, request.id, error.data);
  sendJson(request, reply, error.status, JSON.stringify(envelope), error);
}

function conclude(request: FastifyRequest, status: number, error: ApiError | undefined): void {
  const { operation, log } = request;
  const context: RequestContext | undefined = request.context;
  context?.end();
  if (operation) endServing(httpServed, operation, status, error);
  if (context && (log.level === 'debug' || log.level === 'trace')) {
    const ms = Math.round(context.elapsedMs());
    const { id: requestId, method } = request;
    log.debug({ requestId, method, path: pathOf(request), status, ms }, 'answered');
  }
}
