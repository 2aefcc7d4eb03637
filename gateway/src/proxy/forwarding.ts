import { Buffer } from 'node:buffer';
import { performance } from 'node:perf_hooks';
import type { Readable } from 'node:stream';
import { ApiError, timedOut, unavailable } from '@tsmicro/network';
import type { AnswerHead } from '../http1/client-answer.ts';
import { type Asker, Call } from '../http1/client-call.ts';
import { ConnectTimeoutError, isConnectionLost } from '../http1/client-errors.ts';
import { type ClientRequest, toClientRequest } from '../http1/client-request.ts';
import { AbandonedError, NoTargetError } from '../upstream/errors.ts';
import type { RetryBudget } from '../upstream/retry-budget.ts';
import type { Target } from '../upstream/target.ts';
import type { TargetPool } from '../upstream/target-pool.ts';
import { endResponse, leavesBodyUnread } from './end.ts';
import type { Closer, Exchange } from './exchange.ts';
import { mayRetry, retryDelayMs, toFailure } from './failed-attempt.ts';
import { type ForwardedRequest, toDeadlineLine, toForwardedRequest } from './forwarded-request.ts';
import { beginSending, endSending, type HttpOperation } from './observation.ts';
import { Patience, type Phase } from './patience.ts';
import type { ProxiedRoute, ProxiedService } from './proxied-route.ts';
import { toClientLines } from './response-headers.ts';
import type { Unread } from './unread.ts';

/** A client that takes nothing of its answer for this long has left without saying so. */
const stalledClientMs = 30_000;
const none: readonly Target[] = [];
/** The answer of a stream of events (HTML Living Standard, section 9.2). */
const eventStream = /^text\/event-stream\b/i;

/** What a forwarding needs besides the request. */
export interface ForwardingContext {
  readonly budget: RetryBudget;
  readonly unread: Unread;
  /** Answers with a failure, if nothing was sent, and logs it. */
  fail(exchange: Exchange, error: ApiError): void;
  /** An answer broke off after its beginning had been sent. */
  broken(exchange: Exchange, service: string, cause: Error): void;
}

/**
 * One request on its way to a service and its answer on the way back: it hears of both from the connection itself, so
 * that no stream and no promise stands between the two sockets.
 */
export class Forwarding implements Asker, Closer {
  readonly #context: ForwardingContext;
  readonly #exchange: Exchange;
  readonly #service: ProxiedService;
  readonly #request: ForwardedRequest;
  readonly #stream: Readable | undefined;
  /** When it began, of `performance.now()`. */
  readonly #beganAt = performance.now();
  readonly #patience = new Patience(this);
  /** What is told of it, to its end. */
  #sending: HttpOperation | undefined;
  #call: Call | undefined;
  #pool: TargetPool | undefined;
  #tried = none;
  /** A body that came in one piece: it goes out with the headers. */
  #whole = '';
  #attempts = 0;
  #onSocket = false;
  #over = false;

  constructor(
    context: ForwardingContext,
    exchange: Exchange,
    route: ProxiedRoute,
    pathAndQuery: string,
    body: Buffer | Readable | undefined,
  ) {
    this.#context = context;
    this.#exchange = exchange;
    this.#service = route.service;
    this.#stream = Buffer.isBuffer(body) ? undefined : body;
    this.#sending = beginSending(exchange, route.service.name, this.#beganAt);
    const trace = this.#sending?.trace ?? exchange.trace;
    this.#request = toForwardedRequest(exchange, route, pathAndQuery, body, trace);
  }

  /** Sends the request on; the answer, or a failure, goes to the client from here. */
  start(): void {
    this.#context.budget.earn();
    this.#exchange.onClose(this);
    const now = this.#beganAt;
    if (this.#stream !== undefined) this.#patience.waitFor('sending', this.#service.writeTimeoutMs, now);
    else this.#patience.waitFor('waiting', this.#timeLeftMs(now), now);
    this.#attempt(now);
  }

  /** Ends it with a failure that is found here and not at the service. */
  stop(error: ApiError): void {
    if (this.#over) return;
    this.#finish(undefined, error);
    this.#abandon();
    this.#context.fail(this.#exchange, error);
  }

  onSocket(): void {
    this.#onSocket = true;
    if (this.#attempts === 1) this.#pool?.waited(this.#beganAt);
  }

  onBodySent(): void {
    if (this.#patience.phase === 'sending') this.#patience.renew();
  }

  onRequestSent(): void {
    if (this.#patience.phase === 'sending') this.#patience.waitFor('waiting', this.#service.readTimeoutMs);
  }

  onHead(head: AnswerHead): void {
    const { response, requestId, answerHeaders } = this.#exchange;
    const now = performance.now();
    // Whatever was left of the request's own time: pieces may be as far apart as the declaration says.
    this.#patience.waitFor('receiving', this.#service.readTimeoutMs, now);
    this.#exchange.upstreamMs = now - this.#beganAt;
    if (leavesBodyUnread(this.#exchange)) response.shouldKeepAlive = false;
    const { status, bodyLength, closing } = head;
    const { passive } = this.#service.backend.upstream.entity.checks;
    this.#pool?.target.answered(status, closing, passive);
    response.forwardHead(status, toClientLines(head, requestId, answerHeaders));
    if (bodyLength < 0) this.#beginStream(head);
  }

  /** The pieces of a body without a length may be far apart; what streams events takes as long as somebody listens. */
  #beginStream({ status, fields }: AnswerHead): void {
    setImmediate(() => this.#exchange.response.flushHead());
    if (!eventStream.test(fields.value('content-type') ?? '')) return;
    this.#exchange.endObservation();
    endSending(this.#sending, status);
    this.#sending = undefined;
  }

  onData(chunk: Buffer): boolean {
    const { response } = this.#exchange;
    if (response.write(chunk) || this.#context.unread.mayHold(response)) {
      this.#patience.renew();
      return true;
    }
    if (this.#patience.phase === 'stalled') return false;
    this.#patience.waitFor('stalled', stalledClientMs);
    response.once('drain', () => {
      if (this.#over) return;
      this.#patience.waitFor('receiving', this.#service.readTimeoutMs);
      this.#call?.resume();
    });
    return false;
  }

  onWhole(body: string): void {
    this.#whole = body;
  }

  onEnd(): void {
    const { response } = this.#exchange;
    this.#finish(response.statusCode, undefined);
    this.#stream?.destroy();
    endResponse(this.#exchange, this.#whole);
  }

  onFailure(error: Error): void {
    if (isConnectionLost(error) || error instanceof ConnectTimeoutError) this.#blame('tcp');
    if (this.#exchange.response.headersSent) {
      this.#breakOff(error);
      return;
    }
    this.#leave();
    const attempt = {
      number: this.#attempts,
      onSocket: this.#onSocket,
      method: this.#request.method,
      streaming: this.#stream !== undefined,
      alternative: this.#service.backend.upstream.targets.length > this.#tried.length,
    };
    if (this.#attempts <= this.#service.retries && mayRetry(attempt, error) && this.#context.budget.spend()) {
      // Another target has nothing to recover from.
      setTimeout(() => this.#attempt(performance.now()), attempt.alternative ? 0 : retryDelayMs());
      return;
    }
    this.stop(toFailure(error));
  }

  /** After which nobody waits for the answer: the service is told, and does nothing in vain. */
  #timeLeftMs(now: number): number {
    return Math.min(this.#service.readTimeoutMs - (now - this.#beganAt), this.#exchange.timeLeftMs(now));
  }

  #attempt(now: number): void {
    if (this.#over) return;
    this.#attempts++;
    this.#onSocket = false;
    const pool = this.#service.backend.acquire(this.#exchange, this.#tried, this.#stream !== undefined);
    this.#pool = pool;
    if (pool === undefined) {
      this.stop(unavailable(undefined, { cause: new NoTargetError(this.#service.name) }));
      return;
    }
    const request = this.#requestTo(pool.target, now);
    if (request === undefined) return;
    this.#call = new Call(request, this);
    pool.dispatch(this.#call);
  }

  /** Undefined where it cannot be sent, which the client was told then. */
  #requestTo(target: Target, now: number): ClientRequest | undefined {
    try {
      const deadline = toDeadlineLine(this.#timeLeftMs(now));
      return toClientRequest(this.#request, this.#request.host ?? target.name, deadline);
    } catch (error) {
      this.stop(toFailure(error instanceof Error ? error : new Error(String(error))));
      return undefined;
    }
  }

  /** Gives the place at the target back. */
  #leave(): void {
    if (this.#pool === undefined) return;
    this.#pool.release(this.#stream !== undefined);
    this.#tried = [...this.#tried, this.#pool.target];
    this.#pool = undefined;
  }

  #blame(sign: 'tcp' | 'timeout'): void {
    if (this.#pool !== undefined) this.#service.backend.upstream.failed(this.#pool.target, sign);
  }

  onTimeout(phase: Phase): void {
    if (this.#over) return;
    if (phase === 'sending' && this.#stream?.readableLength === 0) {
      // The service has taken all there is: it is the client that is slow, and the server bounds that.
      this.#patience.renew();
    } else if (phase === 'receiving' || phase === 'stalled') {
      this.#breakOff(new ApiError(504, `${phase} took too long`));
    } else {
      this.#blame('timeout');
      this.stop(this.#onSocket ? timedOut() : unavailable());
    }
  }

  onExchangeClosed(): void {
    if (this.#over) return;
    const left = new AbandonedError();
    this.#finish(undefined, left);
    this.#abandon();
  }

  #breakOff(cause: Error): void {
    this.#finish(undefined, cause);
    this.#abandon();
    this.#exchange.response.destroy();
    this.#context.broken(this.#exchange, this.#service.name, cause);
  }

  #finish(status: number | undefined, error: Error | undefined): void {
    this.#over = true;
    endSending(this.#sending, status, error);
    this.#sending = undefined;
    this.#patience.end();
    this.#leave();
  }

  #abandon(): void {
    this.#call?.abort();
    this.#stream?.destroy();
  }
}
