import { type ApiError, badRequest, unavailable } from '@tsmicro/network';
import { ConnectTimeoutError, isConnectionLost, UnsendableError } from '../http1/client-errors.ts';

/** An attempt that failed before any answer. */
export interface FailedAttempt {
  /** 1 for the first. */
  readonly number: number;
  /** Bytes of it may have reached the service. */
  readonly onSocket: boolean;
  readonly method: string;
  readonly streaming: boolean;
  /** There is a target that was not tried. */
  readonly alternative: boolean;
}

const minDelayMs = 20;
const maxDelayMs = 80;
/**
 * Whether to ask again. What never reached a socket may be asked again whatever it is; what did, once and only
 * when it changes nothing: a DELETE that had its effect would be answered with a 404 or 401 the second time, and
 * a fault must never look like a denial. Time-outs are not repeated, their time is gone; but where one target
 * gave no connection another may.
 */
export function mayRetry(attempt: FailedAttempt, error: Error): boolean {
  if (error instanceof ConnectTimeoutError) return attempt.alternative;
  if (!isConnectionLost(error)) return false;
  if (!attempt.onSocket) return true;
  const safe = attempt.method === 'GET' || attempt.method === 'HEAD' || attempt.method === 'OPTIONS';
  return safe && !attempt.streaming && attempt.number === 1;
}

/** A pause with jitter: callers that failed together do not come back together. */
export function retryDelayMs(): number {
  return minDelayMs + Math.random() * (maxDelayMs - minDelayMs);
}

/** The answer when it is not tried again; the cause is for the log. */
export function toFailure(cause: Error): ApiError {
  // Nothing but the client's request can be the reason.
  if (cause instanceof UnsendableError) return badRequest('malformed HTTP request', { cause });
  return unavailable(undefined, { cause });
}
