// One HTTP request and its answer, from the moment a route is found for it. The one place that writes answers: status,
// headers and text are known at once, so that they go out in one piece.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@tsmicro/dependency';
import { failureEnvelope } from './envelope.ts';
import type { ApiError } from './errors.ts';
import type { FaultLog } from './fault-log.ts';
import type { HttpRequest } from './guard.ts';
import { beginServing, endServing, httpServed, type ServedOperation } from './operation.ts';
import { RequestContext, requestIdFrom, timeoutFrom } from './request-context.ts';
import { traceFrom } from './trace-context.ts';

const maxRequestMs = 5_000;
const notModified = 304;

/** What a router logs to: every answer at the level debug, faults as warnings and errors. A pino logger fits. */
export interface HttpLogger extends Logger {
  readonly level?: string;
  debug?(fields: object, message: string): void;
}

/** Where a router logs. */
export interface ExchangeLog {
  readonly logger: HttpLogger;
  readonly faults: FaultLog;
}

/** What a route was found with. */
export interface Found {
  /** The route's pattern. */
  readonly route: string;
  readonly params: unknown;
  readonly query: unknown;
}

/** A request being answered. */
export class Exchange implements HttpRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly context: RequestContext;
  readonly params: unknown;
  readonly query: unknown;
  /** Set once it has been read. */
  body: unknown = undefined;
  readonly #log: ExchangeLog | undefined;
  readonly #operation: ServedOperation | undefined;
  #added: string[] | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, found: Found, log?: ExchangeLog) {
    const { traceparent, tracestate, 'x-deadline-ms': deadline, 'x-request-id': requestId } = request.headers;
    this.request = request;
    this.response = response;
    this.params = found.params;
    this.query = found.query;
    this.context = new RequestContext({
      requestId: requestIdFrom(requestId),
      timeoutMs: timeoutFrom(deadline, maxRequestMs),
      trace: traceparent === undefined ? undefined : traceFrom(traceparent, tracestate),
      onCallerGone: (left) => response.once('close', left),
    });
    this.#log = log;
    this.#operation = beginServing(httpServed, found.route, this.context, request.method);
  }

  get method(): string {
    return this.request.method ?? 'GET';
  }

  get url(): string {
    return this.request.url ?? '/';
  }

  get headers(): IncomingHttpHeaders {
    return this.request.headers;
  }

  get ip(): string {
    return this.request.socket.remoteAddress ?? '';
  }

  /** Without its query, which may hold what no log should. */
  get path(): string {
    return this.url.split('?', 1)[0] ?? '/';
  }

  /** Adds a header to the answer; its value is visible ASCII. */
  setHeader(name: string, value: string): void {
    this.#added ??= [];
    this.#added.push(name, value);
  }

  /** Sends JSON text; nothing when an answer was sent before. */
  sendJson(status: number, text: string, error?: ApiError): void {
    const headers = ['content-type', 'application/json; charset=utf-8', 'cache-control', 'no-store'];
    if (error?.retryAfterSec !== undefined) headers.push('retry-after', String(error.retryAfterSec));
    this.send(status, headers, text, error);
  }

  /** Sends a failure in the envelope, and logs the cause of one that is ours. */
  sendFailure(error: ApiError): void {
    this.#log?.faults.note(error, this.context, { path: this.path });
    const { requestId } = this.context;
    const envelope = failureEnvelope(error.status, error.message, requestId, error.data);
    this.sendJson(error.status, JSON.stringify(envelope), error);
  }

  /** Sends any text with these headers (names and values in turn), its length, the request's id, and nosniff. */
  send(status: number, headers: string[], text: string, error?: ApiError): void {
    const { response } = this;
    if (response.headersSent) return;
    const length = Buffer.byteLength(text);
    if (status !== notModified) headers.push('content-length', String(length));
    this.#writeHead(status, headers);
    // ASCII, as most JSON is, needs no encoding: the whole answer goes out as it is.
    response.end(text, length === text.length ? 'latin1' : 'utf8');
    this.#conclude(status, error);
  }

  /** As {@link send}, for what is no text. */
  sendBytes(status: number, headers: string[], bytes: Uint8Array): void {
    const { response } = this;
    if (response.headersSent) return;
    headers.push('content-length', String(bytes.length));
    this.#writeHead(status, headers);
    response.end(bytes);
    this.#conclude(status, undefined);
  }

  /**
   * Sends the head of an answer whose body comes bit by bit, for as long as its sender likes: with it the request is
   * over for all who count, trace or bound it. @returns where the body is written, undefined when an answer was sent before
   */
  beginStream(status: number, headers: string[]): ServerResponse | undefined {
    const { response } = this;
    if (response.headersSent) return undefined;
    this.#writeHead(status, headers);
    response.flushHeaders();
    this.#conclude(status, undefined);
    return response;
  }

  #writeHead(status: number, headers: string[]): void {
    headers.push('x-request-id', this.context.requestId, 'x-content-type-options', 'nosniff');
    if (this.#added !== undefined) headers.push(...this.#added);
    this.response.writeHead(status, headers);
  }

  #conclude(status: number, error: ApiError | undefined): void {
    this.context.end();
    if (this.#operation) endServing(httpServed, this.#operation, status, error);
    const logger = this.#log?.logger;
    if (logger?.level !== 'debug' && logger?.level !== 'trace') return;
    const { requestId } = this.context;
    const ms = Math.round(this.context.elapsedMs());
    logger.debug?.({ requestId, method: this.method, path: this.path, status, ms }, 'answered');
  }
}
