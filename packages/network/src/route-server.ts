// How one route is served: guards, then the body, then validation of all parts at once, then the handler, then the
// envelope. What can be done without a promise is done without one, and nothing is left to Fastify that it would do
// again: it finds the route and hands over.
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { readBody } from './body.ts';
import type { Deadlines, Timed } from './deadlines.ts';
import { timedOut, toApiError } from './errors.ts';
import { openContext, sendFailure, sendJson } from './exchange.ts';
import { runInContext } from './request-context.ts';
import { compileInput } from './route-input.ts';
import type { Route, RouteHandler, RouteRequest, Shape } from './routes.ts';
import { compileAnswer } from './serialization.ts';

/** A handler whose types are known to the schemas of its route only. */
export type AnyHandler = RouteHandler<Shape, Shape, Shape, Shape>;

/** A request whose handler is still at work. */
export type RunningRoute = Timed;

/** Fastify's request has every part that a handler is promised, and of the types that were just checked. */
function toRouteRequest(request: FastifyRequest): RouteRequest<undefined, undefined, undefined> {
  return request as unknown as RouteRequest<undefined, undefined, undefined>;
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | undefined | null)?.then === 'function';
}

/** Serves one route; `running` ends what is still at work at its deadline. */
class RouteServer {
  readonly #guards: Route<Shape, Shape, Shape, Shape>['guards'];
  readonly #wantsBody: boolean;
  readonly #checkInput: ReturnType<typeof compileInput>;
  readonly #toText: ReturnType<typeof compileAnswer>;
  readonly #handler: AnyHandler;
  readonly #running: Deadlines<RunningRoute>;

  constructor(
    route: Route<Shape, Shape, Shape, Shape>,
    handler: AnyHandler,
    running: Deadlines<RunningRoute>,
  ) {
    this.#guards = route.guards?.length ? route.guards : undefined;
    this.#wantsBody = route.body !== undefined;
    this.#checkInput = compileInput(route);
    this.#toText = compileAnswer(route);
    this.#handler = handler;
    this.#running = running;
  }

  /** Takes a request over from Fastify, which hears no more of it. */
  readonly serve = (request: FastifyRequest, reply: FastifyReply): void => {
    openContext(request, reply);
    if (this.#guards === undefined) {
      this.#read(request, reply);
      return;
    }
    this.#passGuards(request).then(
      () => this.#read(request, reply),
      (error: unknown) => sendFailure(request, reply, toApiError(error)),
    );
  };

  async #passGuards(request: FastifyRequest): Promise<void> {
    const { context } = request;
    for (const guard of this.#guards ?? []) await runInContext(context, () => guard(request));
  }

  #read(request: FastifyRequest, reply: FastifyReply): void {
    if (!this.#wantsBody) {
      this.#handle(request, reply);
      return;
    }
    request.context.beginBody();
    readBody(request.raw, (error, value) => {
      request.context.endBody();
      request.body = value;
      if (error === undefined) this.#handle(request, reply);
      else sendFailure(request, reply, error);
    });
  }

  #handle(request: FastifyRequest, reply: FastifyReply): void {
    const { context } = request;
    let answer: unknown;
    try {
      if (context.timeLeftMs() <= 0) throw timedOut();
      this.#checkInput(request);
      answer = runInContext(context, () => this.#handler(toRouteRequest(request)));
    } catch (error) {
      sendFailure(request, reply, toApiError(error));
      return;
    }
    if (isPromise(answer)) this.#await(answer, request, reply);
    else this.#answer(answer, request, reply);
  }

  #await(answer: Promise<unknown>, request: FastifyRequest, reply: FastifyReply): void {
    const { context } = request;
    const run: RunningRoute = {
      context,
      expire() {
        const error = timedOut();
        context.end(error);
        sendFailure(request, reply, error);
      },
    };
    this.#running.add(run);
    answer.then(
      (value) => {
        if (this.#running.delete(run)) this.#answer(value, request, reply);
      },
      (error: unknown) => {
        if (this.#running.delete(run)) sendFailure(request, reply, toApiError(error));
      },
    );
  }

  #answer(answer: unknown, request: FastifyRequest, reply: FastifyReply): void {
    let text: string;
    try {
      text = this.#toText(answer);
    } catch (error) {
      sendFailure(request, reply, toApiError(error));
      return;
    }
    sendJson(request, reply, 200, text);
  }
}

/** What Fastify is told about a route. */
export function serveRoute(
  method: string,
  route: Route<Shape, Shape, Shape, Shape>,
  handler: AnyHandler,
  running: Deadlines<RunningRoute>,
): Pick<RouteOptions, 'handler' | 'onRequest'> {
  const { serve } = new RouteServer(route, handler, running);
  // A GET goes straight through; of other methods Fastify would look at the body first.
  return method === 'GET'
    ? { handler: serve }
    : { onRequest: (request, reply) => serve(request, reply), handler: () => {} };
}
