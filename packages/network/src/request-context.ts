import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { ApiError, internal, timedOut, toApiError } from './errors.ts';
import type { TraceContext } from './trace-context.ts';

declare const valueType: unique symbol;

/** Names a value of type T in a {@link RequestContext}; two keys of one name are still two keys. */
export interface ContextKey<T> {
  readonly name: string;
  readonly [valueType]?: T;
}

/** A typed name under which a guard leaves what it found out, and a handler reads it. */
export function createContextKey<T>(name: string): ContextKey<T> {
  return { name };
}

/** What is known of a request when it comes in. */
export interface RequestOrigin {
  /** @default a new one, made when somebody asks for it */
  requestId?: string | undefined;
  /** How long the caller waits. */
  timeoutMs: number;
  trace?: TraceContext | undefined;
  /** Calls back when the caller leaves before the answer; asked only when somebody wants the signal. */
  onCallerGone?: (left: () => void) => void;
}

/** What is known of the request that is being worked on, in this process. */
export class RequestContext {
  readonly #origin: RequestOrigin;
  #requestId: string | undefined;
  #trace: TraceContext | undefined;
  readonly #openedAt = performance.now();
  #deadlineAt: number;
  #values: Map<ContextKey<unknown>, unknown> | undefined;
  #bodyBegunAt = 0;
  #abort: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #over = false;
  #endedBy: unknown;

  constructor(origin: RequestOrigin) {
    this.#origin = origin;
    this.#requestId = origin.requestId;
    this.#trace = origin.trace;
    this.#deadlineAt = this.#openedAt + origin.timeoutMs;
  }

  get requestId(): string {
    this.#requestId ??= createRequestId();
    return this.#requestId;
  }

  /** W3C trace context, for what is sent on. */
  get traceparent(): string | undefined {
    return this.#trace?.traceparent;
  }

  get tracestate(): string | undefined {
    return this.#trace?.tracestate;
  }

  /** From now on what is sent on belongs to this operation of a trace. */
  continueTrace(trace: TraceContext): void {
    this.#trace = trace;
  }

  /** Milliseconds since the request came in. */
  elapsedMs(): number {
    return performance.now() - this.#openedAt;
  }

  /** Milliseconds until the deadline; negative once it has passed. */
  timeLeftMs(): number {
    return this.#deadlineAt - performance.now();
  }

  /**
   * Aborts when the deadline passes (its reason is then the 504) or the caller has left: for whatever a handler waits
   * for besides the framework's own clients and drivers, which keep the deadline by themselves.
   */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#endedBy !== undefined) this.#abort.abort(this.#endedBy);
      else if (!this.#over) {
        this.#arm();
        this.#origin.onCallerGone?.(() => this.end(timedOut('the caller has left')));
      }
    }
    return this.#abort.signal;
  }

  /** The request is over: its signal aborts with `reason`, or, without one, never will. Only the first call counts. */
  end(reason?: unknown): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#endedBy = reason;
    if (reason !== undefined) this.#abort?.abort(reason);
  }

  /**
   * What an error that ended this request amounts to. Whatever failed once the time was over, failed because of it: work
   * that is aborted throws errors of all kinds.
   */
  toApiError(error: unknown): ApiError {
    return error instanceof ApiError || this.timeLeftMs() > 0
      ? toApiError(error)
      : timedOut(undefined, { cause: error });
  }

  #arm(): void {
    const expire = () => {
      const left = this.timeLeftMs();
      if (left > 0) this.#arm();
      else this.end(timedOut());
    };
    this.#timer = setTimeout(expire, Math.max(1, Math.ceil(this.timeLeftMs()))).unref();
  }

  /** From here to {@link endBody} the client is at work: how slowly it sends is bounded by the server's edge. */
  beginBody(): void {
    this.#bodyBegunAt = performance.now();
  }

  endBody(): void {
    this.#deadlineAt += performance.now() - this.#bodyBegunAt;
  }

  set<T>(key: ContextKey<T>, value: T): void {
    this.#values ??= new Map();
    this.#values.set(key, value);
  }

  /** The value a guard has set. @throws {ApiError} 500 when none did: the route lacks its guard. */
  get<T>(key: ContextKey<T>): T {
    if (!this.#values?.has(key)) throw internal(new Error(`no guard of this route sets "${key.name}"`));
    return this.#values.get(key) as T;
  }
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `work` with `context` as the current request's, through every await in it. */
export function runInContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** The context of the request being worked on; undefined outside of one. */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

/**
 * Milliseconds that the current request has left for a dependency: a little less than its deadline, so that
 * the answer about a slow dependency still reaches the caller. Undefined outside of a request.
 */
export function timeLeftMs(): number | undefined {
  const left = storage.getStore()?.timeLeftMs();
  return left === undefined ? undefined : left - 50;
}

const requestIdForm = /^[A-Za-z0-9_.-]{1,128}$/;

const processId = randomUUID();
let lastNumber = 0;

/** A request id that nobody else makes: what is random in it is made once for each process. */
export function createRequestId(): string {
  lastNumber++;
  return `${processId}.${lastNumber.toString(36)}`;
}

/** The caller's request id when it has the accepted form, else a new one. */
export function requestIdFrom(given: string | string[] | undefined): string {
  return typeof given === 'string' && requestIdForm.test(given) ? given : createRequestId();
}

/** The milliseconds that an `x-deadline-ms` header grants, at most `maxMs`; `maxMs` without a usable header. */
export function timeoutFrom(header: string | string[] | undefined, maxMs: number): number {
  return typeof header === 'string' && /^\d{1,9}$/.test(header) ? Math.min(Number(header), maxMs) : maxMs;
}
