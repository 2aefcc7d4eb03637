import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import createFinder, { type HTTPMethod, type HTTPVersion, type Instance } from 'find-my-way';
import type { Controller } from './controller.ts';
import { Deadlines } from './deadlines.ts';
import { maxUrlLength } from './edge-failure.ts';
import { badRequest, notFound, toApiError } from './errors.ts';
import { Exchange, type ExchangeLog, type Found, type HttpLogger } from './exchange.ts';
import { FaultLog } from './fault-log.ts';
import type { RootMiddleware } from './guard.ts';
import { type ListenOptions, listen } from './listen.ts';
import { Refusals } from './refusals.ts';
import { runInContext } from './request-context.ts';
import type { RouteDescription } from './route-description.ts';
import type { RunningRoute } from './route-server.ts';
import { type Mount, Routes } from './routes.ts';
import { createServerEdge, type ServerEdge } from './server-edge.ts';
import { registerFormat, type ValidationParser } from './validation.ts';

/** How unknown paths are counted and traced. */
const unknownRoute = 'unknown';

/** How a router answers. */
export interface RouterOptions {
  /** Where faults are logged whole, under their request id. A pino logger fits. */
  logger?: HttpLogger;
}

/** How long closing may take: first new requests are still answered, then running ones are waited for. */
export interface CloseOptions {
  /** @default 0 */
  lingerMs?: number;
  /** @default 8000 */
  deadlineMs?: number;
}

/** Mounts controllers on node:http, and is one of the two places where what was thrown becomes an answer. */
export class Router {
  readonly #log: ExchangeLog | undefined;
  readonly #edge: ServerEdge;
  readonly #finder: Instance<HTTPVersion.V1>;
  readonly #middlewares: RootMiddleware[] = [];
  readonly #running = new Deadlines<RunningRoute>();
  readonly #descriptions: RouteDescription[] = [];
  #fallback = (exchange: Exchange): void => exchange.sendFailure(notFound('url not found'));

  constructor({ logger }: RouterOptions = {}) {
    this.#log = logger && { logger, faults: new FaultLog(logger) };
    this.#finder = createFinder<HTTPVersion.V1>({
      ignoreTrailingSlash: true,
      // As long as a URL may be: what a parameter may hold is said by its schema.
      maxParamLength: maxUrlLength,
      defaultRoute: (request, response) => {
        const found = { route: unknownRoute, params: {}, query: {} };
        this.#enter(request, response, found, this.#fallback);
      },
      onBadUrl: (_path, request, response) => {
        const found = { route: unknownRoute, params: {}, query: {} };
        this.#enter(request, response, found, (exchange) =>
          exchange.sendFailure(badRequest('malformed request')),
        );
      },
    });
    const listener = (request: IncomingMessage, response: ServerResponse) =>
      this.#finder.lookup(request, response);
    this.#edge = createServerEdge(listener, { refusals: new Refusals(logger) });
  }

  /** The server of node:http under the router, for what the router does not offer. */
  getEngine(): Server {
    return this.#edge.server;
  }

  /** Adds middlewares that run for every request, in order. */
  loadRootMiddlewares(middlewares: readonly RootMiddleware[]): void {
    this.#middlewares.push(...middlewares);
  }

  /** Makes formats of the service's own known; before the controllers that use them are loaded. */
  registerValidationParsers(parsers: readonly ValidationParser[]): void {
    for (const parser of parsers) registerFormat(parser);
  }

  loadControllers(controllers: readonly Controller[]): void {
    for (const controller of controllers) {
      const describe = (route: RouteDescription) => this.#descriptions.push(route);
      controller.mountRoutes(
        new Routes(controller.path, { running: this.#running, mount: this.mount, describe }),
      );
    }
  }

  /**
   * Mounts a route outside of all controllers, which answers by the exchange itself: for what is no JSON in the envelope.
   * A GET answers HEAD too.
   * @throws {Error} when the route is there already
   */
  readonly mount: Mount = (method, path, serve) => {
    const methods: HTTPMethod[] = method === 'GET' ? ['GET', 'HEAD'] : [method];
    this.#finder.on(methods, path, (request, response, params, _store, query) => {
      this.#enter(request, response, { route: path, params, query }, serve);
    });
  };

  /** Answers what no route is there for, in the place of the 404 in the envelope. */
  readonly mountFallback = (serve: (exchange: Exchange) => void): void => {
    this.#fallback = serve;
  };

  /** Every route mounted so far. */
  describe(): readonly RouteDescription[] {
    return this.#descriptions;
  }

  /**
   * Listens; a port that is still held, as by a process that was just killed, is waited for.
   * @returns the address, as in `http://127.0.0.1:8001`
   * @throws when the port is still held after 5 s, or the address cannot be listened on
   */
  start(options: ListenOptions): Promise<string> {
    return listen(this.#edge.server, options, this.#log?.logger);
  }

  /** Stops taking requests, waits for the running ones, closes. Safe to call twice. */
  async close(options: CloseOptions = {}): Promise<void> {
    await this.#edge.close(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #enter(
    request: IncomingMessage,
    response: ServerResponse,
    found: Found,
    serve: (exchange: Exchange) => void,
  ): void {
    const exchange = new Exchange(request, response, found, this.#log);
    if (this.#middlewares.length === 0) serve(exchange);
    else {
      this.#passMiddlewares(exchange).then(
        () => serve(exchange),
        (error: unknown) => exchange.sendFailure(toApiError(error)),
      );
    }
  }

  async #passMiddlewares(exchange: Exchange): Promise<void> {
    for (const middleware of this.#middlewares) {
      await runInContext(exchange.context, () => middleware(exchange));
    }
  }
}

/** Creates a router without anything mounted. */
export function createRouter(options?: RouterOptions): Router {
  return new Router(options);
}
