import { isFault } from '@tsmicro/dependency';
import type { ValidationFault } from './validation-message.ts';

/** What an {@link ApiError} carries besides its status and message. */
export interface ApiErrorOptions {
  /** What went wrong underneath: logged where the error is answered, never sent. */
  cause?: unknown;
  /** Seconds after which a retry makes sense; sent as `retry-after`. @default 1 for 429 and 503, else none */
  retryAfterSec?: number;
  /** The fields that a validation complained about. */
  fields?: readonly ValidationFault[];
  /** What the answer carries besides its message, as `data`; over HTTP only. */
  data?: unknown;
}

/**
 * An error that is an answer: its status and message go to the caller over HTTP and over NATS alike, where it
 * becomes the same error again. Whatever else is thrown is answered as 500 "something went wrong".
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status, 400 to 599. */
  readonly status: number;
  readonly retryAfterSec: number | undefined;
  readonly fields: readonly ValidationFault[];
  readonly data: unknown;

  constructor(status: number, message: string, options: ApiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = status;
    this.retryAfterSec = options.retryAfterSec ?? (status === 429 || status === 503 ? 1 : undefined);
    this.fields = options.fields ?? [];
    this.data = options.data;
  }

  /** Whether the same request may succeed later, and nothing came of it so far: it carries a `retryAfterSec`. */
  get retryable(): boolean {
    return this.retryAfterSec !== undefined;
  }
}

/** 400: the request is wrong, or the state of things forbids it. */
export const badRequest = (message: string, options?: ApiErrorOptions) => new ApiError(400, message, options);
/** 401: the caller has not proved who it is. */
export const unauthorized = (message: string, options?: ApiErrorOptions) =>
  new ApiError(401, message, options);
/** 403: the caller is known and may not. */
export const forbidden = (message: string, options?: ApiErrorOptions) => new ApiError(403, message, options);
/** 404: there is no such thing, or none that this caller may know of. */
export const notFound = (message: string, options?: ApiErrorOptions) => new ApiError(404, message, options);
/** 429: too many requests; sent with `retry-after`. */
export const tooManyRequests = (message: string, options?: ApiErrorOptions) =>
  new ApiError(429, message, options);
/** 503: a dependency is down or the service sheds load; sent with `retry-after`. */
export const unavailable = (message = 'service unavailable', options?: ApiErrorOptions) =>
  new ApiError(503, message, options);
/** 504: a deadline passed. */
export const timedOut = (message = 'request timed out', options?: ApiErrorOptions) =>
  new ApiError(504, message, options);
/** 500: a fault of ours; the cause stays in the log. */
export const internal = (cause?: unknown) => new ApiError(500, 'something went wrong', { cause });

/**
 * The answer for whatever was thrown: an ApiError is its own; an error with `fault: 'unavailable' | 'timeout'`
 * (a database or broker that is away or hangs) is a 503; everything else a 500 that keeps the cause for the log.
 */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return isFault(error) ? unavailable(undefined, { cause: error }) : internal(error);
}
