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
import { failureEnvelope } from './envelope.ts';
import { ApiError, badRequest, notFound, toApiError } from './errors.ts';
import type { RootMiddleware } from './guard.ts';
import { parseJson } from './json.ts';
import { RequestContext, requestIdFrom, runInContext, timeoutFrom } from './request-context.ts';
import type { RouteDescription } from './route-description.ts';
import { Routes } from './routes.ts';
import { createServerEdge, maxUrlLength, type ServerEdge } from './server-edge.ts';
import { traceFrom } from './trace-context.ts';
import { registerFormat, type ValidationParser } from './validation.ts';

declare module 'fastify' {
  interface FastifyRequest {
    context: RequestContext;
  }
}

const maxBodyBytes = 1024 * 1024;
const maxRequestMs = 5_000;
const jsonType = /^application\/(?:[^;\s]+\+)?json\s*(?:;|$)/i;

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
  readonly #descriptions: RouteDescription[] = [];

  constructor({ logger }: RouterOptions = {}) {
    const serverFactory = (handler: Parameters<typeof createServerEdge>[0]) => {
      this.#edge = createServerEdge(handler);
      return this.#edge.server;
    };
    this.#engine = fastify({
      serverFactory,
      bodyLimit: maxBodyBytes,
      return503OnClosing: false,
      forceCloseConnections: false,
      genReqId: (request) => requestIdFrom(request.headers['x-request-id']),
      logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
      // As long as a URL may be: what a parameter may hold is said by its schema.
      routerOptions: { ignoreTrailingSlash: true, maxParamLength: maxUrlLength },
      frameworkErrors: answerError,
      // The edge answers what the HTTP parser refuses.
      clientErrorHandler: () => {},
      ...(logger ? { loggerInstance: logger } : { logger: false }),
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
      this.#engine.addHook('onRequest', async (request) => {
        await runInContext(request.context, async () => middleware(request));
      });
    }
  }

  /** Makes formats of the service's own known; before the controllers that use them are loaded. */
  registerValidationParsers(parsers: readonly ValidationParser[]): void {
    for (const parser of parsers) registerFormat(parser);
  }

  loadControllers(controllers: readonly Controller[]): void {
    for (const controller of controllers) {
      const routes = new Routes(this.#engine, controller.path, (route) => this.#descriptions.push(route));
      controller.mountRoutes(routes);
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
    return whenPortFree(port, () => this.#engine.listen({ host, port }), this.#engine.log);
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
    engine.addHook('onRequest', async (request, answer) => {
      openContext(request);
      answer.headers({
        'x-request-id': request.id,
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
    });
    engine.addHook('onResponse', async (request, answer) => {
      const ms = Math.round(answer.elapsedTime);
      request.log.debug(
        { method: request.method, path: pathOf(request), status: answer.statusCode, ms },
        'answered',
      );
    });
    engine.addHook('preParsing', (request, _answer, _payload, done) => {
      request.context.beginBody();
      done();
    });
    engine.removeAllContentTypeParsers();
    engine.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
      request.context.endBody();
      // A body without a declared type counts as JSON.
      const declared = request.headers['content-type'] ?? 'application/json';
      if (!jsonType.test(declared)) throw new ApiError(415, 'body must be application/json');
      return parseJson(body);
    });
    engine.setErrorHandler(answerError);
    engine.setNotFoundHandler(async () => {
      throw notFound('url not found');
    });
  }
}

/** Creates a router without anything mounted. */
export function createRouter(options?: RouterOptions): Router {
  return new Router(options);
}

/** Without its query, which may hold what no log should. */
const pathOf = ({ url }: FastifyRequest) => url.split('?', 1)[0];

function openContext(request: FastifyRequest): void {
  const { traceparent, tracestate, 'x-deadline-ms': deadline } = request.headers;
  request.context = new RequestContext({
    requestId: request.id,
    timeoutMs: timeoutFrom(deadline, maxRequestMs),
    trace: traceparent === undefined ? undefined : traceFrom(traceparent, tracestate),
  });
}

/** Fastify's own refusals in the words of the contract. */
function fromFastify(error: unknown): ApiError | undefined {
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new ApiError(413, 'body is too large', { cause: error });
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new ApiError(415, 'body must be application/json', { cause: error });
  }
  // A part of the path longer than any parameter may be.
  if (code === 'FST_ERR_MAX_PARAM_LENGTH') return new ApiError(414, 'url is too long', { cause: error });
  return statusCode === 400 ? badRequest('malformed request', { cause: error }) : undefined;
}

async function answerError(
  error: unknown,
  request: FastifyRequest,
  answer: FastifyReply,
): Promise<FastifyReply> {
  const answered = error instanceof ApiError ? error : (fromFastify(error) ?? toApiError(error));
  if (answered.status >= 500) {
    const level = answered.status === 500 ? 'error' : 'warn';
    request.log[level]({ err: answered.cause ?? answered, path: pathOf(request) }, answered.message);
  }
  answer.header('x-request-id', request.id);
  if (answered.retryAfterSec !== undefined) answer.header('retry-after', answered.retryAfterSec);
  return answer
    .code(answered.status)
    .send(failureEnvelope(answered.status, answered.message, request.id, answered.data));
}
