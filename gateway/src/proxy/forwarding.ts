import type { Readable } from 'node:stream';
import { ApiError, timedOut, unavailable } from '@tsmicro/network';
import { type AnswerHead, wholeBytes } from '../http1/client-answer.ts';
import { type Asker, Call } from '../http1/client-call.ts';
import { ConnectTimeoutError, isConnectionLost } from '../http1/client-errors.ts';
import { type ClientRequest, toClientRequest } from '../http1/client-request.ts';
import { AbandonedError, NoTargetError } from '../upstream/errors.ts';
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
export class Forwarding implements Asker {
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
  #call: Call | undefined;
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
    body: Buffer | Readable | undefined,
  ) {
    this.#context = context;
    this.#exchange = exchange;
    this.#service = route.service;
    this.#stream = Buffer.isBuffer(body) ? undefined : body;
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
    this.#abandon();
    this.#context.fail(this.#exchange, error);
  }

  onSocket(): void {
    this.#onSocket = true;
    if (this.#attempts === 1) this.#pool?.waited(this.#exchange.elapsedMs - this.#beganAtMs);
  }

  onBodySent(): void {
    if (this.#patience.phase === 'sending') this.#patience.renew();
  }

  onRequestSent(): void {
    if (this.#patience.phase === 'sending') this.#patience.waitFor('waiting', this.#service.readTimeoutMs);
  }

  onHead(head: AnswerHead): void {
    const { response, requestId, answerHeaders } = this.#exchange;
    this.#patience.renew('receiving');
    this.#exchange.upstreamMs = this.#exchange.elapsedMs - this.#beganAtMs;
    const close = leavesBodyUnread(this.#exchange);
    const { status, bodyLength, closing } = head;
    const { passive } = this.#service.backend.upstream.entity.checks;
    this.#pool?.target.answered(status, closing, passive);
    response.writeHead(status, toClientHeaders(head, requestId, answerHeaders, close));
    if (bodyLength <= wholeBytes) this.#wholeLength = bodyLength;
  }

  onData(chunk: Buffer): boolean {
    const { response } = this.#exchange;
    if (chunk.length === this.#wholeLength) {
      this.#whole = chunk;
      return true;
    }
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

  onEnd(): void {
    const { response } = this.#exchange;
    this.#finish(response.statusCode);
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
    const pool = this.#service.backend.acquire(this.#exchange, this.#tried, this.#stream !== undefined);
    this.#pool = pool;
    if (pool === undefined) {
      this.stop(unavailable(undefined, { cause: new NoTargetError(this.#service.name) }));
      return;
    }
    const request = this.#requestTo(pool.target);
    if (request === undefined) return;
    this.#call = new Call(request, this);
    pool.dispatch(this.#call);
  }

  /** Undefined where it cannot be sent, which the client was told then. */
  #requestTo(target: Target): ClientRequest | undefined {
    try {
      return toClientRequest(this.#request, this.#request.host ?? target.name);
    } catch (error) {
      this.stop(toFailure(error instanceof Error ? error : new Error(String(error))));
      return undefined;
    }
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
    this.#abandon();
  }

  #breakOff(cause: Error): void {
    this.#finish(undefined, cause);
    this.#abandon();
    this.#exchange.response.destroy();
    this.#context.broken(this.#exchange, this.#service.name, cause);
  }

  #finish(status: number | undefined, error?: Error): void {
    this.#over = true;
    this.#sending.end(status, error);
    this.#patience.end();
    this.#leave();
  }

  #abandon(): void {
    this.#call?.abort();
    this.#stream?.destroy();
  }
}
