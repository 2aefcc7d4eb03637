import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { ApiError, timedOut, unavailable } from '@tsmicro/network';
import type { Dispatcher } from 'undici';
import { AbandonedError, ConnectTimeoutError, isConnectionLost, NoTargetError } from '../upstream/errors.ts';
import type { RetryBudget } from '../upstream/retry-budget.ts';
import type { Target } from '../upstream/target.ts';
import type { TargetPool } from '../upstream/target-pool.ts';
import { endResponse, leavesBodyUnread } from './end.ts';
import type { Exchange } from './exchange.ts';
import { mayRetry, retryDelayMs, toFailure } from './failed-attempt.ts';
import { type ForwardedRequest, refreshDeadline, toForwardedRequest } from './forwarded-request.ts';
import { observeSending, type Sending } from './observation.ts';
import { Patience, type Phase } from './patience.ts';
import type { ProxiedRoute, ProxiedService } from './proxied-route.ts';
import { toClientHeaders } from './response-headers.ts';
import type { Unread } from './unread.ts';

/** A client that takes nothing of its answer for this long has left without saying so. */
const stalledClientMs = 30_000;
/** A body up to here is sent in one write with its headers where it came in one piece. */
const wholeBytes = 16 * 1024;

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
 * One request on its way to a service and its answer on the way back: a handler of undici's dispatch, so that no
 * stream and no promise stands between the two sockets.
 */
export class Forwarding implements Dispatcher.DispatchHandler {
  readonly #context: ForwardingContext;
  readonly #exchange: Exchange;
  readonly #service: ProxiedService;
  readonly #sending: Sending;
  readonly #request: ForwardedRequest;
  readonly #stream: Readable | undefined;
  /** When, on the exchange's clock, it began. */
  readonly #beganAtMs: number;
  readonly #firstTimeLeftMs: number;
  readonly #patience = new Patience((phase) => this.#timedOut(phase));
  #controller: Dispatcher.DispatchController | undefined;
  #pool: TargetPool | undefined;
  readonly #tried: Target[] = [];
  /** The length of a body that may come in one piece, and that piece: it goes out with the headers. */
  #wholeLength = -1;
  #whole: Buffer | undefined;
  #attempts = 0;
  #onSocket = false;
  #over = false;

  constructor(
    context: ForwardingContext,
    exchange: Exchange,
    route: ProxiedRoute,
    pathAndQuery: string,
    body: Buffer | Readable | null,
  ) {
    this.#context = context;
    this.#exchange = exchange;
    this.#service = route.service;
    this.#stream = body === null || Buffer.isBuffer(body) ? undefined : body;
    this.#sending = observeSending(exchange, route.service.name);
    this.#beganAtMs = exchange.elapsedMs;
    const { trace } = this.#sending;
    this.#firstTimeLeftMs = Math.min(route.service.readTimeoutMs, exchange.timeLeftMs);
    this.#request = toForwardedRequest(exchange, route, pathAndQuery, body, trace, this.#firstTimeLeftMs);
  }

  /** Sends the request on; the answer, or a failure, goes to the client from here. */
  start(): void {
    this.#context.budget.earn();
    this.#exchange.onClose(() => this.#clientLeft());
    if (this.#stream !== undefined) this.#patience.waitFor('sending', this.#service.writeTimeoutMs);
    else this.#patience.waitFor('waiting', this.#firstTimeLeftMs);
    this.#attempt();
  }

  /** Ends it with a failure that is found here and not at the service. */
  stop(error: ApiError): void {
    if (this.#over) return;
    this.#finish(undefined, error);
    this.#abandon(error);
    this.#context.fail(this.#exchange, error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Thrown, undici drops the request and keeps the connection; an abort would close it.
    if (this.#over) throw new AbandonedError();
    this.#controller = controller;
    this.#onSocket = true;
    if (this.#attempts === 1) this.#pool?.waited(this.#exchange.elapsedMs - this.#beganAtMs);
  }

  onBodySent(): void {
    if (this.#patience.phase === 'sending') this.#patience.renew();
  }

  onRequestSent(): void {
    if (this.#patience.phase === 'sending') this.#patience.waitFor('waiting', this.#service.readTimeoutMs);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (this.#over || status < 200) return;
    const { response, requestId, answerHeaders } = this.#exchange;
    this.#patience.renew('receiving');
    this.#exchange.upstreamMs = this.#exchange.elapsedMs - this.#beganAtMs;
    const close = leavesBodyUnread(this.#exchange);
    this.#pool?.target.answered(
      status,
      headers.connection === 'close',
      this.#service.backend.upstream.entity.checks.passive,
    );
    response.writeHead(status, toClientHeaders(headers, requestId, answerHeaders, close));
    const length = Number(headers['content-length']);
    if (length <= wholeBytes) this.#wholeLength = length;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const { response } = this.#exchange;
    if (this.#over || response.destroyed) return;
    if (chunk.length === this.#wholeLength) {
      this.#whole = chunk;
      return;
    }
    if (response.write(chunk) || this.#context.unread.mayHold(response)) {
      this.#patience.renew();
      return;
    }
    controller.pause();
    this.#patience.waitFor('stalled', stalledClientMs);
    response.once('drain', () => {
      if (this.#over) return;
      this.#patience.waitFor('receiving', this.#service.readTimeoutMs);
      controller.resume();
    });
  }

  onResponseEnd(): void {
    if (this.#over) return;
    const { response } = this.#exchange;
    this.#finish(response.statusCode);
    this.#stream?.destroy();
    endResponse(this.#exchange, this.#whole);
    if (response.writableLength > 0) response.setTimeout(stalledClientMs, () => response.destroy());
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#over) return;
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
      setTimeout(() => this.#attempt(), attempt.alternative ? 0 : retryDelayMs());
      return;
    }
    this.stop(toFailure(error));
  }

  /** After which nobody waits for the answer: the service is told, and does nothing in vain. */
  get #timeLeftMs(): number {
    const { elapsedMs, timeLeftMs } = this.#exchange;
    return Math.min(this.#service.readTimeoutMs - (elapsedMs - this.#beganAtMs), timeLeftMs);
  }

  #attempt(): void {
    if (this.#over) return;
    if (this.#attempts > 0) refreshDeadline(this.#request, this.#timeLeftMs);
    this.#attempts++;
    this.#onSocket = false;
    this.#pool = this.#service.backend.acquire(this.#exchange, this.#tried, this.#stream !== undefined);
    if (this.#pool === undefined)
      this.stop(unavailable(undefined, { cause: new NoTargetError(this.#service.name) }));
    else this.#pool.dispatch(this.#request, this);
  }

  /** Gives the place at the target back. */
  #leave(): void {
    if (this.#pool === undefined) return;
    this.#pool.release(this.#stream !== undefined);
    this.#tried.push(this.#pool.target);
    this.#pool = undefined;
  }

  #blame(sign: 'tcp' | 'timeout'): void {
    if (this.#pool !== undefined) this.#service.backend.upstream.failed(this.#pool.target, sign);
  }

  #timedOut(phase: Phase): void {
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

  #clientLeft(): void {
    if (this.#over) return;
    const left = new AbandonedError();
    this.#finish(undefined, left);
    this.#abandon(left);
  }

  #breakOff(cause: Error): void {
    this.#finish(undefined, cause);
    this.#abandon(cause);
    this.#exchange.response.destroy();
    this.#context.broken(this.#exchange, this.#service.name, cause);
  }

  #finish(status: number | undefined, error?: Error): void {
    this.#over = true;
    this.#sending.end(status, error);
    this.#patience.end();
    this.#leave();
  }

  #abandon(cause: Error): void {
    this.#controller?.abort(cause);
    this.#stream?.destroy();
  }
}
