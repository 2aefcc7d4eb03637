// The answering side of one endpoint. This wrapper is one of the two places where what was thrown becomes an answer.
import type { Msg } from '@nats-io/transport-node';
import { OperationChannel } from '@tsmicro/dependency';
import {
  type ApiError,
  badRequest,
  beginServing,
  Deadlines,
  endServing,
  type FaultLog,
  internal,
  RequestContext,
  requestIdFrom,
  runInContext,
  type ServedOperation,
  type Timed,
  timedOut,
  timeoutFrom,
  traceFrom,
  unavailable,
} from '@tsmicro/network';
import type { Static, TSchema } from '@tsmicro/schema';
import type { Endpoint } from './endpoint.ts';
import { EndpointStats, type EndpointStatsReport } from './endpoint-stats.ts';
import { errorToText } from './error-message.ts';
import { parseData, parserOf, readMessage, serializerOf } from './message.ts';
import { readHeaders } from './message-headers.ts';
import { respondNatsError, respondNatsMessage } from './respond.ts';

const maxRequestMs = 5_000;

/** Answers an endpoint: typed, validated data in, typed data out, or an error thrown. */
export type NatsHandler<Q extends TSchema, R extends TSchema> = (
  data: Static<Q>,
  context: RequestContext,
) => Static<R> | Promise<Static<R>>;

/** How many requests of one endpoint an instance takes on. */
export interface EndpointLimits {
  /** Handlers at work at once. @default 256 */
  concurrency?: number;
  /** Requests that may wait for their turn; one more is refused by 503. @default 1024 */
  maxWaiting?: number;
}

/** What is going on at an endpoint, and what became of the requests that it did not answer by itself. */
export interface EndpointFigures {
  subject: string;
  running: number;
  waiting: number;
  /** Refused by 503, because as many as may wait waited. */
  refused: number;
  /** Dropped unhandled: their time had run out. */
  expired: number;
  /** Answered by 504, because the handler was still at work at the deadline. */
  overdue: number;
}

const served = new OperationChannel<ServedOperation>('nats.server');

interface Run extends Timed {
  readonly message: Msg;
  readonly startedAt: number;
  readonly operation: ServedOperation | undefined;
}

/** Serves one endpoint: so many requests at once, a short queue, a deadline for each. */
export class EndpointServer<Q extends TSchema = TSchema, R extends TSchema = TSchema> {
  readonly endpoint: Endpoint<Q, R>;
  readonly #handler: NatsHandler<Q, R>;
  readonly #faults: FaultLog | undefined;
  readonly #concurrency: number;
  readonly #maxWaiting: number;
  readonly #stats = new EndpointStats();
  readonly #running = new Deadlines<Run>();
  readonly #waiting: { message: Msg; context: RequestContext }[] = [];
  readonly #counts = { refused: 0, expired: 0, overdue: 0 };
  #idle = Promise.withResolvers<void>();

  constructor(
    endpoint: Endpoint<Q, R>,
    handler: NatsHandler<Q, R>,
    {
      concurrency = 256,
      maxWaiting = 1_024,
      faults,
    }: EndpointLimits & { faults?: FaultLog | undefined } = {},
  ) {
    this.endpoint = endpoint;
    this.#handler = handler;
    this.#concurrency = concurrency;
    this.#maxWaiting = maxWaiting;
    this.#faults = faults;
    // Now, and not while the first caller waits.
    parserOf(endpoint.request);
    serializerOf(endpoint.reply);
  }

  get figures(): EndpointFigures {
    const { subject } = this.endpoint;
    return { subject, running: this.#running.size, waiting: this.#waiting.length, ...this.#counts };
  }

  /** What a STATS answer says of this endpoint. */
  report(queueGroup: string): EndpointStatsReport {
    const { name, subject } = this.endpoint;
    return this.#stats.report({ name, subject, queueGroup });
  }

  /** Takes one request in: runs it, lets it wait, or refuses it. Never throws. */
  accept(message: Msg): void {
    const context = contextOf(message);
    if (this.#running.size < this.#concurrency) this.#run(message, context);
    else if (this.#waiting.length < this.#maxWaiting) this.#waiting.push({ message, context });
    else {
      this.#counts.refused++;
      const error = unavailable('too many requests are running');
      this.#stats.record(0, errorToText(error));
      this.#respondError(message, error);
    }
  }

  /** Resolves when nothing runs and nothing waits. */
  async untilIdle(): Promise<void> {
    while (this.#running.size > 0) await this.#idle.promise;
  }

  /** Answers whatever still runs or waits by 503; for when there is no more time for it. */
  cutOff(): void {
    for (const { message } of this.#waiting.splice(0)) this.#respondError(message, unavailable());
    for (const run of [...this.#running])
      this.#settle(run, () => this.#giveUp(run, unavailable('the service stops')));
  }

  #run(message: Msg, context: RequestContext): void {
    // Whoever asked has given up already.
    if (context.timeLeftMs() <= 0) {
      this.#counts.expired++;
      return;
    }
    const startedAt = performance.now();
    const operation = beginServing(served, this.endpoint.subject, context);
    const run: Run = { message, context, startedAt, operation, expire: () => this.#expire(run) };
    try {
      const content = readMessage(message.data);
      if ('error' in content) throw badRequest('a request must carry data, not an error');
      const data = parseData(this.endpoint.request, content.data);
      const answer = runInContext(context, () => this.#handler(data, context));
      if (!isPromise(answer)) {
        this.#answer(run, answer);
        return;
      }
      this.#running.add(run);
      answer.then(
        (value) => this.#settle(run, () => this.#answer(run, value)),
        (error: unknown) => this.#settle(run, () => this.#fail(run, error)),
      );
    } catch (error) {
      this.#fail(run, error);
    }
  }

  /** A handler has come to its end; nothing is left to say when its time was over before. */
  #settle(run: Run, conclude: () => void): void {
    if (!this.#running.delete(run)) return;
    conclude();
    this.#next();
  }

  /** Ends a request whose handler is still at work; the handler hears of it by its signal. */
  #giveUp(run: Run, error: ApiError): void {
    run.context.end(error);
    this.#fail(run, error);
  }

  #expire(run: Run): void {
    this.#counts.overdue++;
    this.#giveUp(run, timedOut());
    this.#next();
  }

  #next(): void {
    while (this.#running.size < this.#concurrency) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#run(next.message, next.context);
    }
    if (this.#running.size > 0) return;
    this.#idle.resolve();
    this.#idle = Promise.withResolvers();
  }

  #answer(run: Run, value: Static<R>): void {
    try {
      respondNatsMessage(run.message, this.endpoint.reply, value);
    } catch (error) {
      this.#fail(run, error);
      return;
    }
    this.#conclude(run, undefined);
  }

  #fail(run: Run, error: unknown): void {
    const answered = run.context.toApiError(error);
    this.#faults?.note(answered, run.context, { subject: this.endpoint.subject });
    this.#respondError(run.message, answered);
    this.#conclude(run, answered);
  }

  #conclude({ context, startedAt, operation }: Run, error: ApiError | undefined): void {
    context.end();
    this.#stats.record(performance.now() - startedAt, error && errorToText(error));
    if (operation !== undefined) endServing(served, operation, error?.status ?? 200, error);
  }

  #respondError(message: Msg, error: ApiError): void {
    try {
      respondNatsError(message, error);
    } catch (cause) {
      this.#respondInternal(message, cause);
    }
  }

  /** The error was longer than a message may be, or there is no connection any more. */
  #respondInternal(message: Msg, cause: unknown): void {
    try {
      respondNatsError(message, internal(cause));
    } catch {
      // The connection is gone, and whoever asked with it.
    }
  }
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | undefined | null)?.then === 'function';
}

function contextOf(message: Msg): RequestContext {
  const header = readHeaders(message);
  const requestId = header('x-request-id');
  return new RequestContext({
    requestId: requestId === undefined ? undefined : requestIdFrom(requestId),
    timeoutMs: timeoutFrom(header('x-deadline-ms'), maxRequestMs),
    trace: traceFrom(header('traceparent'), header('tracestate')),
  });
}
