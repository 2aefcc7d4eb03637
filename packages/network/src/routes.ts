import type { IncomingHttpHeaders } from 'node:http';
import type { Static, TSchema } from '@tsmicro/schema';
import type { Deadlines } from './deadlines.ts';
import type { JsonData, Reply } from './envelope.ts';
import type { Exchange } from './exchange.ts';
import type { Guard } from './guard.ts';
import type { RequestContext } from './request-context.ts';
import { demandOf, type RouteDescription } from './route-description.ts';
import { type AnyHandler, RouteServer, type RunningRoute } from './route-server.ts';

/** The schema of a part of a request or answer, where it has one. */
export type Shape = TSchema | undefined;
type In<S extends Shape> = S extends TSchema ? Static<S> : undefined;

/** What a route takes, gives and demands. Checks run in this order: guards, then validation of all parts at once. */
export interface Route<P extends Shape, Q extends Shape, B extends Shape, D extends Shape> {
  /** One line for readers of the service's description. */
  summary?: string;
  /** Run in order, before the body is read. */
  guards?: readonly Guard[];
  params?: P;
  query?: Q;
  body?: B;
  /** The shape of `data`; fields that it does not name never leave the service. */
  data?: D;
  /** True for an answer outside the envelope, as other standards demand it. @default false */
  plain?: boolean;
  /** For readers of the description: what the handler itself may answer, as in `{ 404: 'no such book' }`. */
  errors?: Readonly<Record<number, string>>;
}

/** A validated request. */
export interface RouteRequest<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly headers: IncomingHttpHeaders;
  /** The address of the peer. */
  readonly ip: string;
  readonly context: RequestContext;
  /** Adds a header to the answer; its value is visible ASCII. */
  setHeader(name: string, value: string): void;
}

/**
 * A handler returns data ("success"), a {@link Reply} with a message of its own, {@link JsonData}, or nothing; or it
 * throws.
 */
export type RouteHandler<P extends Shape, Q extends Shape, B extends Shape, D extends Shape> = (
  request: RouteRequest<In<P>, In<Q>, In<B>>,
) => Answer<In<D>> | Promise<Answer<In<D>>>;

// biome-ignore lint/suspicious/noConfusingVoidType: a handler without a return statement gives void
type Nothing = Reply<undefined> | undefined | void;
type Answer<T> = [T] extends [undefined] ? Nothing : T | Reply<T> | JsonData<T>;

/** The methods that routes answer. */
export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Mounts what answers a path: parameters as in `/books/:id`. */
export type Mount = (method: Method, path: string, serve: (exchange: Exchange) => void) => void;

/** Where routes are registered. */
export interface RouteTarget {
  readonly mount: Mount;
  /** Ends what is still at work at its deadline. */
  readonly running: Deadlines<RunningRoute>;
  /** Is told of every route. */
  describe(description: RouteDescription): void;
}

/** Registers the routes of one controller; paths are relative to the controller's. */
export class Routes {
  readonly #prefix: string;
  readonly #target: RouteTarget;

  constructor(prefix: string, target: RouteTarget) {
    this.#prefix = prefix === '/' ? '' : prefix;
    this.#target = target;
  }

  get<P extends Shape = undefined, Q extends Shape = undefined, D extends Shape = undefined>(
    path: string,
    route: Route<P, Q, undefined, D>,
    handler: RouteHandler<P, Q, undefined, D>,
  ): void {
    this.#add('GET', path, route, handler);
  }

  post<
    P extends Shape = undefined,
    Q extends Shape = undefined,
    B extends Shape = undefined,
    D extends Shape = undefined,
  >(path: string, route: Route<P, Q, B, D>, handler: RouteHandler<P, Q, B, D>): void {
    this.#add('POST', path, route, handler);
  }

  put<
    P extends Shape = undefined,
    Q extends Shape = undefined,
    B extends Shape = undefined,
    D extends Shape = undefined,
  >(path: string, route: Route<P, Q, B, D>, handler: RouteHandler<P, Q, B, D>): void {
    this.#add('PUT', path, route, handler);
  }

  delete<
    P extends Shape = undefined,
    Q extends Shape = undefined,
    B extends Shape = undefined,
    D extends Shape = undefined,
  >(path: string, route: Route<P, Q, B, D>, handler: RouteHandler<P, Q, B, D>): void {
    this.#add('DELETE', path, route, handler);
  }

  #add<P extends Shape, Q extends Shape, B extends Shape, D extends Shape>(
    method: Method,
    path: string,
    route: Route<P, Q, B, D>,
    handler: RouteHandler<P, Q, B, D>,
  ): void {
    const url = `${this.#prefix}${path === '/' ? '' : path}` || '/';
    this.#target.describe(describeRoute(method, url, route));
    const server = new RouteServer(route, toAnyHandler(handler), this.#target.running);
    this.#target.mount(method, url, server.serve);
  }
}

/** What a handler is called with has been checked by the schemas that its types follow from. */
function toAnyHandler<P extends Shape, Q extends Shape, B extends Shape, D extends Shape>(
  handler: RouteHandler<P, Q, B, D>,
): AnyHandler {
  return handler as unknown as AnyHandler;
}

function describeRoute(
  method: string,
  path: string,
  route: Route<Shape, Shape, Shape, Shape>,
): RouteDescription {
  const { summary = '', params, query, body, data, plain = false, guards = [], errors = {} } = route;
  return { method, path, summary, params, query, body, data, plain, security: demandOf(guards), errors };
}
