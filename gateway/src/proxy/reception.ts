import type { Readable } from 'node:stream';
import { ApiError, badRequest, FaultLog, notFound, type Refusals, toApiError } from '@tsmicro/network';
import type { Logger } from 'pino';
import type { RequestHandler } from '../http1/server.ts';
import { runChain } from '../plugin/chain.ts';
import type { Verdict } from '../plugin/plugin.ts';
import { parseRequestTarget } from '../routing/request-target.ts';
import type { Router } from '../routing/router.ts';
import { toServicePath } from '../routing/service-path.ts';
import type { RetryBudget } from '../upstream/retry-budget.ts';
import { failureAnswer, sendAnswer } from './answer.ts';
import { type Closer, Exchange } from './exchange.ts';
import { Forwarding, type ForwardingContext } from './forwarding.ts';
import type { ProxiedRoute } from './proxied-route.ts';
import { RequestBody } from './request-body.ts';
import type { TrustedPeers } from './trusted-peers.ts';
import { Unread } from './unread.ts';

/** A request that was understood: where it goes. */
interface Admission {
  readonly route: ProxiedRoute;
  readonly pathAndQuery: string;
}

/** What all requests have in common. */
export interface ReceptionParts {
  readonly budget: RetryBudget;
  readonly refusals: Refusals;
  readonly logger: Logger;
  readonly peers: TrustedPeers;
}

const methods: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);
const bodyTooLarge = () => new ApiError(413, 'body is too large');

/** Takes every request in: understands it, finds its route, asks the plugins, forwards it. */
export class Reception implements ForwardingContext, Closer {
  readonly budget: RetryBudget;
  readonly unread = new Unread();
  /** Where requests go from now on. */
  router: Router<ProxiedRoute>;
  readonly #refusals: Refusals;
  readonly #logger: Logger;
  readonly #faults: FaultLog;
  readonly #peers: TrustedPeers;

  constructor(router: Router<ProxiedRoute>, { budget, refusals, logger, peers }: ReceptionParts) {
    this.router = router;
    this.#peers = peers;
    this.#refusals = refusals;
    this.budget = budget;
    this.#logger = logger;
    this.#faults = new FaultLog(logger);
  }

  /** Takes what the server gives. */
  readonly listener: RequestHandler = (request, response) => {
    const exchange = new Exchange(request, response, this.#peers);
    if (this.#logger.isLevelEnabled('debug')) exchange.onClose(this);
    try {
      const admission = this.#admit(exchange);
      exchange.route = admission.route;
      exchange.begin(admission.route.name);
      if (!admission.route.service.backend.hasRoom) {
        this.#refusals.refuse(request, response);
        return;
      }
      const verdict = runChain(admission.route.plugins, exchange);
      if (verdict instanceof Promise) {
        verdict
          .then((answer) => this.#proceed(exchange, admission, answer))
          .catch((error: unknown) => this.fail(exchange, toApiError(error)));
      } else {
        this.#proceed(exchange, admission, verdict);
      }
    } catch (error) {
      this.fail(exchange, toApiError(error));
    }
  };

  fail(exchange: Exchange, error: ApiError): void {
    exchange.begin();
    if (error.status >= 500) {
      const { request, ids, path } = exchange;
      this.#faults.note(error, undefined, { ...ids, method: request.method, path, status: error.status });
    }
    sendAnswer(exchange, failureAnswer(error, exchange.requestId));
  }

  broken(exchange: Exchange, service: string, cause: Error): void {
    const { ids, path } = exchange;
    this.#logger.warn({ ...ids, service, path, err: cause }, 'answer broke off');
  }

  /** Logs that it was there. */
  onExchangeClosed(exchange: Exchange): void {
    const { request, response, path, elapsedMs } = exchange;
    const what = { ...exchange.ids, method: request.method, path, status: response.statusCode };
    const durationMs = Math.round(elapsedMs);
    this.#logger.debug({ ...what, durationMs, completed: response.writableFinished }, 'request');
  }

  #admit(exchange: Exchange): Admission {
    const { request } = exchange;
    exchange.readHeaders();
    if (!methods.has(request.method)) throw new ApiError(405, 'method is not supported');
    const target = parseRequestTarget(request.url);
    if (target === undefined) throw badRequest('malformed path');
    exchange.path = target.path;
    const { path } = target;
    const match = this.router.find(exchange);
    if (match === undefined) throw notFound('url not found');
    const { route, rest } = match;
    return { route, pathAndQuery: toServicePath(route.service.pathPrefix, rest, path) + target.query };
  }

  #proceed(exchange: Exchange, admission: Admission, verdict: Verdict): void {
    if (exchange.over) return;
    if (verdict !== undefined) sendAnswer(exchange, verdict);
    else if (exchange.headers.bodyLength > exchange.maxBodyBytes) this.fail(exchange, bodyTooLarge());
    else if (exchange.headers.bodyLength === 0) this.#forward(exchange, admission, undefined);
    else this.#forwardWithBody(exchange, admission);
  }

  #forwardWithBody(exchange: Exchange, admission: Admission): void {
    const startedAt = exchange.elapsedMs;
    let forwarding: Forwarding | undefined;
    exchange.bodyTaken = true;
    if (exchange.headers.expectsContinue) exchange.response.writeContinue();
    new RequestBody(exchange.request, exchange.maxBodyBytes, {
      ready: (body) => {
        exchange.excuse(exchange.elapsedMs - startedAt);
        forwarding = this.#forward(exchange, admission, body);
      },
      tooLarge: () => {
        if (forwarding === undefined) this.fail(exchange, bodyTooLarge());
        else forwarding.stop(bodyTooLarge());
      },
    });
  }

  #forward(
    exchange: Exchange,
    { route, pathAndQuery }: Admission,
    body: Buffer | Readable | undefined,
  ): Forwarding {
    const forwarding = new Forwarding(this, exchange, route, pathAndQuery, body);
    forwarding.start();
    return forwarding;
  }
}
