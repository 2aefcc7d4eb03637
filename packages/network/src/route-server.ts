// How one route is served: guards, then the body, then validation of all parts at once, then the handler, then the
// envelope. What can be done without a promise is done without one.
import { readBody } from './body.ts';
import type { Deadlines, Timed } from './deadlines.ts';
import { timedOut, toApiError } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { runInContext } from './request-context.ts';
import { compileInput } from './route-input.ts';
import type { Route, RouteHandler, RouteRequest, Shape } from './routes.ts';
import { compileAnswer } from './serialization.ts';

/** A handler whose types are known to the schemas of its route only. */
export type AnyHandler = RouteHandler<Shape, Shape, Shape, Shape>;

/** A request whose guards or handler are still at work. */
export type RunningRoute = Timed;

/** An exchange has every part that a handler is promised, and of the types that were just checked. */
function toRouteRequest(exchange: Exchange): RouteRequest<undefined, undefined, undefined> {
  return exchange as unknown as RouteRequest<undefined, undefined, undefined>;
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | undefined | null)?.then === 'function';
}

/** Serves one route; `running` ends what is still at work at its deadline. */
export class RouteServer {
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

  /** Answers one request. Never throws. */
  readonly serve = (exchange: Exchange): void => {
    if (this.#guards === undefined) {
      this.#read(exchange);
      return;
    }
    this.#await(this.#passGuards(exchange), exchange, () => this.#read(exchange));
  };

  async #passGuards(exchange: Exchange): Promise<void> {
    for (const guard of this.#guards ?? []) await runInContext(exchange.context, () => guard(exchange));
  }

  #read(exchange: Exchange): void {
    if (!this.#wantsBody) {
      this.#handle(exchange);
      return;
    }
    exchange.context.beginBody();
    readBody(exchange.request, (error, value) => {
      exchange.context.endBody();
      // A body that is not there, or null, is one without fields.
      exchange.body = value ?? {};
      if (error === undefined) this.#handle(exchange);
      else exchange.sendFailure(error);
    });
  }

  #handle(exchange: Exchange): void {
    const { context } = exchange;
    let answer: unknown;
    try {
      if (context.timeLeftMs() <= 0) throw timedOut();
      this.#checkInput(exchange);
      answer = runInContext(context, () => this.#handler(toRouteRequest(exchange)));
    } catch (error) {
      exchange.sendFailure(toApiError(error));
      return;
    }
    if (isPromise(answer)) this.#await(answer, exchange, (value) => this.#answer(value, exchange));
    else this.#answer(answer, exchange);
  }

  /** Goes on with what guards or handler came to; at the deadline the request is over without them. */
  #await<T>(work: Promise<T>, exchange: Exchange, next: (value: T) => void): void {
    const { context } = exchange;
    const run: RunningRoute = {
      context,
      expire() {
        const error = timedOut();
        context.end(error);
        exchange.sendFailure(error);
      },
    };
    this.#running.add(run);
    work.then(
      (value) => {
        if (this.#running.delete(run)) next(value);
      },
      (error: unknown) => {
        if (this.#running.delete(run)) exchange.sendFailure(context.toApiError(error));
      },
    );
  }

  #answer(answer: unknown, exchange: Exchange): void {
    let text: string;
    try {
      text = this.#toText(answer);
    } catch (error) {
      exchange.sendFailure(toApiError(error));
      return;
    }
    exchange.sendJson(200, text);
  }
}
