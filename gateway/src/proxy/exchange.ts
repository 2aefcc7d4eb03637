import { performance } from 'node:perf_hooks';
import { requestIdFrom, type TraceContext, traceIdOf } from '@tsmicro/network';
import { toFieldLines } from '../http1/field-lines.ts';
import type { ServerRequest } from '../http1/server-request.ts';
import type { ServerResponse } from '../http1/server-response.ts';
import type { AnswerHeader } from './answer-header.ts';
import { type Observed, observeExchange } from './observation.ts';
import type { ProxiedRoute } from './proxied-route.ts';
import { type RequestHeaders, readRequestHeaders, toForwardedLines } from './request-headers.ts';
import { noPeers, type TrustedPeers } from './trusted-peers.ts';

const unknownRoute = 'unknown';
/** How long a request may take from its arrival to the first byte of its answer. */
const totalMs = 5_000;
const usualMaxBodyBytes = 1024 * 1024;
const noHeaders: RequestHeaders = { host: '', bodyLength: 0, expectsContinue: false, connection: '' };

/** Something that is told when an exchange is over. */
export interface Closer {
  /** Its client has the whole answer, or has left. */
  onExchangeClosed(exchange: Exchange): void;
}

/** One request and its response on their way through the gateway. */
export class Exchange {
  readonly request: ServerRequest;
  readonly response: ServerResponse;
  readonly requestId: string;
  headers: RequestHeaders = noHeaders;
  /** The normalised path, before a route strips it; set once the target is understood. */
  path = '';
  /** The route that leads on from here, once it is found. */
  route: ProxiedRoute | undefined;
  /** Milliseconds from sending it on to the first byte of the service's answer; undefined before, and without one. */
  upstreamMs: number | undefined;
  /** Set by whoever takes the body out of the request. */
  bodyTaken = false;
  /** The longest body that passes; a plugin may say otherwise. */
  maxBodyBytes = usualMaxBodyBytes;
  /** What every answer to it carries besides its own headers, whoever gives it. */
  readonly answerHeaders: AnswerHeader[] = [];
  /** What a consistent hash tells it apart by, once that was asked. */
  hashKey: string | undefined;
  /** In milliseconds, of `performance.now()`. */
  readonly arrivedAt: number;
  readonly #closers: Closer[] = [];
  /** Names of the client's headers that do not go on. */
  #withheld: readonly string[] = [];
  /** Lines that go on besides, by the lower-case name of their header. */
  #added: Map<string, string> | undefined;
  #pausedMs = 0;
  #observed: Observed | undefined;
  readonly #peers: TrustedPeers;

  constructor(request: ServerRequest, response: ServerResponse, peers = noPeers) {
    this.#peers = peers;
    this.request = request;
    this.response = response;
    this.arrivedAt = request.arrivedAt;
    this.requestId = requestIdFrom(request.header('x-request-id'));
  }

  get method(): string {
    return this.request.method;
  }

  /** Which host its client means. */
  get host(): string {
    return this.headers.host;
  }

  /** The value of a header by its lower-case name. */
  header(name: string): string | undefined {
    return this.request.header(name);
  }

  /** Who is at the other end of the connection, whatever headers claim; or whom a trusted peer there asks for. */
  get clientAddress(): string {
    return this.#peers.clientOf(this.request.connection.remoteAddress, this.request);
  }

  /** What that one speaks. */
  get clientProtocol(): string {
    return this.#peers.protocolOf(this.request.connection.remoteAddress, this.request);
  }

  /** From here on others are told of it, under the name of its route where it has one. @returns its trace */
  begin(routeName = unknownRoute): TraceContext {
    this.#observed ??= observeExchange(this, routeName);
    return this.#observed.trace;
  }

  /** Tells `closer` when its client has the whole answer, or has left; in the order in which they come. */
  onClose(closer: Closer): void {
    // One listener for all: adding and telling each of them costs more than most of them do.
    if (this.#closers.push(closer) > 1) return;
    this.response.once('close', () => {
      for (const each of this.#closers) each.onExchangeClosed(this);
    });
  }

  /** Its answer has begun and may go on for as long as both sides like: for all who count it, it is over. */
  endObservation(): void {
    this.#observed?.operation?.onExchangeClosed(this);
  }

  /** The trace that it belongs to. */
  get trace(): TraceContext {
    return this.begin();
  }

  /** What it is known by in logs. */
  get ids(): { requestId: string; traceId: string } {
    return { requestId: this.requestId, traceId: traceIdOf(this.trace.traceparent) };
  }

  /** @throws {ApiError} 400 */
  readHeaders(): void {
    this.headers = readRequestHeaders(this.request);
  }

  /** Keeps a header from the service, by its lower-case name. */
  dropHeader(name: string): void {
    this.#withheld = [...this.#withheld, name];
    this.#added?.delete(name);
  }

  /** Sends a header to the service, instead of what the client said under this lower-case name. @throws {UnsendableError} */
  setHeader(name: string, value: string): void {
    this.dropHeader(name);
    this.#added ??= new Map();
    this.#added.set(name, toFieldLines([name, value]));
  }

  /** The headers that go on are others than those that came. */
  get changesHeaders(): boolean {
    return this.#withheld.length > 0;
  }

  /** The headers that go on to the service besides the gateway's own. */
  get forwardedLines(): string {
    const lines = toForwardedLines(this.request.fields, this.headers.connection, this.#withheld);
    return this.#added === undefined ? lines : lines + [...this.#added.values()].join('');
  }

  /** Milliseconds since the request arrived. */
  get elapsedMs(): number {
    return performance.now() - this.arrivedAt;
  }

  /** Milliseconds until the deadline, at `now` of `performance.now()`; the client's own slowness does not count. */
  timeLeftMs(now: number): number {
    return totalMs + this.#pausedMs - (now - this.arrivedAt);
  }

  /** Takes time off the clock that the client used up for sending its body. */
  excuse(durationMs: number): void {
    this.#pausedMs += durationMs;
  }

  /** The client has closed its connection or has its answer. */
  get over(): boolean {
    return this.response.destroyed || this.response.writableEnded;
  }
}
