import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { internal } from './errors.ts';

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

/** What is known of the request that is being worked on, in this process. */
export class RequestContext {
  readonly requestId: string;
  /** W3C trace context, passed on as it came. */
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  #deadlineAt: number;
  readonly #values = new Map<ContextKey<unknown>, unknown>();
  #bodyBegunAt = 0;

  constructor(from: { requestId: string; timeoutMs: number; traceparent?: string; tracestate?: string }) {
    this.requestId = from.requestId;
    this.traceparent = from.traceparent;
    this.tracestate = from.tracestate;
    this.#deadlineAt = performance.now() + from.timeoutMs;
  }

  /** Milliseconds until the deadline; negative once it has passed. */
  timeLeftMs(): number {
    return this.#deadlineAt - performance.now();
  }

  /** From here to {@link endBody} the client is at work: how slowly it sends is bounded by the server's edge. */
  beginBody(): void {
    this.#bodyBegunAt = performance.now();
  }

  endBody(): void {
    this.#deadlineAt += performance.now() - this.#bodyBegunAt;
  }

  set<T>(key: ContextKey<T>, value: T): void {
    this.#values.set(key, value);
  }

  /** The value a guard has set. @throws {ApiError} 500 when none did: the route lacks its guard. */
  get<T>(key: ContextKey<T>): T {
    if (!this.#values.has(key)) throw internal(new Error(`no guard of this route sets "${key.name}"`));
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

/** The caller's request id when it has the accepted form, else a new UUID. */
export function requestIdFrom(given: string | string[] | undefined): string {
  return typeof given === 'string' && requestIdForm.test(given) ? given : randomUUID();
}

/** The milliseconds that an `x-deadline-ms` header grants, at most `maxMs`; `maxMs` without a usable header. */
export function timeoutFrom(header: string | undefined, maxMs: number): number {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Math.min(Number(header), maxMs) : maxMs;
}
