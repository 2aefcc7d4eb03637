import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';
import { whenPortFree } from './busy-port.ts';
import type { Controller } from './controller.ts';
import { Deadlines } from './deadlines.ts';
import { maxUrlLength } from './edge-failure.ts';
import { ApiError, badRequest, notFound, toApiError } from './errors.ts';
import { openContext, sendFailure } from './exchange.ts';
import type { RootMiddleware } from './guard.ts';
import { Refusals } from './refusals.ts';
import { requestIdFrom, runInContext } from './request-context.ts';
import type { RouteDescription } from './route-description.ts';
import type { RunningRoute } from './route-server.ts';
import { Routes } from './routes.ts';
import { createServerEdge, type ServerEdge } from './server-edge.ts';
import { registerFormat, type ValidationParser } from './validation.ts';

/** Connections that may wait to be accepted: with node's 511 a burst of them waits for seconds. */
const backlog = 4_096;

/** How a router answers. */
export interface RouterOptions {
  /** Where faults are logged whole, under their request id. A pino logger fits. */
  logger?: FastifyBaseLogger;
}

/** Where a server listens. */
export interface ListenOptions {
  host: string;
  /** 0 takes any free port. */
  port: number;
}

/** How long closing may take: first new requests are still answered, then running ones are waited for. */
export interface CloseOptions {
  /** @default 0 */
  lingerMs?: number;
  /** @default 8000 */
  deadlineMs?: number;
}

/** Mounts controllers on Fastify, and is one of the two places where what was thrown becomes an answer. */
export class Router {
  readonly #engine: FastifyInstance;
  #edge: ServerEdge | undefined;
  readonly #running = new Deadlines<RunningRoute>();
  readonly #descriptions: RouteDescription[] = [];

  constructor({ logger }: RouterOptions = {}) {
    const serverFactory = (handler: Parameters<typeof createServerEdge>[0]) => {
      this.#edge = createServerEdge(handler, { refusals: new Refusals(logger) });
      return this.#edge.server;
    };
    this.#engine = fastify({
      serverFactory,
      return503OnClosing: false,
      forceCloseConnections: false,
      genReqId: (request) => requestIdFrom(request.headers['x-request-id']),
      logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
      // As long as a URL may be: what a parameter may hold is said by its schema.
      routerOptions: { ignoreTrailingSlash: true, maxParamLength: maxUrlLength },
      frameworkErrors: answerError,
      // The edge answers what the HTTP parser refuses.
      clientErrorHandler: () => {},
      // A logger of its own for each request would cost more than naming the request in each line.
      ...(logger ? { loggerInstance: logger, childLoggerFactory: (shared) => shared } : { logger: false }),
    });
    this.#prepare();
  }

  /** The Fastify instance under the router, for what the router does not offer. */
  getEngine(): FastifyInstance {
    return this.#engine;
  }

  /** Adds middlewares that run for every request, in order. */
  loadRootMiddlewares(middlewares: readonly RootMiddleware[]): void {
    for (const middleware of middlewares) {
      this.#engine.addHook('onRequest', async (request, reply) => {
        await runInContext(openContext(request, reply), async () => middleware(request));
      });
    }
  }

  /** Makes formats of the service's own known; before the controllers that use them are loaded. */
  registerValidationParsers(parsers: readonly ValidationParser[]): void {
    for (const parser of parsers) registerFormat(parser);
  }

  loadControllers(controllers: readonly Controller[]): void {
    for (const controller of controllers) {
      const describe = (route: RouteDescription) => this.#descriptions.push(route);
      controller.mountRoutes(new Routes(this.#engine, controller.path, { running: this.#running, describe }));
    }
  }

  /** Every route mounted so far. */
  describe(): readonly RouteDescription[] {
    return this.#descriptions;
  }

  /**
   * Listens; a port that is still held, as by a process that was just killed, is waited for.
   * @returns the address, as in `http://127.0.0.1:8001`
   * @throws when the port is still held after 5 s, or the address cannot be listened on
   */
  async start({ host, port }: ListenOptions): Promise<string> {
    return whenPortFree(port, () => this.#engine.listen({ host, port, backlog }), this.#engine.log);
  }

  /** Stops taking requests, waits for the running ones, closes. Safe to call twice. */
  async close(options: CloseOptions = {}): Promise<void> {
    await this.#edge?.close(options);
    await this.#engine.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #prepare(): void {
    const engine = this.#engine;
    engine.decorateRequest('context');
    engine.decorateRequest('operation');
    // Bodies of routes that want one are read before Fastify gets to it; those of others are of no interest.
    engine.removeAllContentTypeParsers();
    engine.addContentTypeParser('*', (_request, body, done) => {
      body.resume();
      done(null);
    });
    engine.setErrorHandler(answerError);
    engine.setNotFoundHandler((request, reply) => answerError(notFound('url not found'), request, reply));
  }
}

/** Creates a router without anything mounted. */
export function createRouter(options?: RouterOptions): Router {
  return new Router(options);
}

/** Fastify's own refusals in the words of the contract. */
function fromFastify(error: unknown): ApiError | undefined {
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  // A part of the path longer than any parameter may be.
  if (code === 'FST_ERR_MAX_PARAM_LENGTH') return new ApiError(414, 'url is too long', { cause: error });
  return statusCode === 400 || statusCode === 415
    ? badRequest('malformed request', { cause: error })
    : undefined;
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  openContext(request, reply);
  const known = error instanceof ApiError ? error : fromFastify(error);
  sendFailure(request, reply, known ?? toApiError(error));
}
