import type { IncomingHttpHeaders } from 'node:http';
import type { RequestContext } from './request-context.ts';

/** What a guard or a root middleware sees of a request: nothing of its body, which has not been read yet. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The address of the peer. */
  readonly ip: string;
  readonly context: RequestContext;
}

/** Decides who may pass: throws an ApiError, or leaves what it found out in the context and returns. */
export type Guard = (request: HttpRequest) => void | Promise<void>;

/** Runs for every request before its guards, for unknown paths too. */
export type RootMiddleware = Guard;

/** Makes the guard that says who the caller is (401). */
export type AuthenticationProvider = () => Guard;

/** Makes the guard that says whether the caller holds any one of `roles` (403); it runs after authentication. */
export type AuthorizationProvider = (...roles: string[]) => Guard;
