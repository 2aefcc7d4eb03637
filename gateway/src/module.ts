import { Refusals } from '@tsmicro/network';
import { type Metrics, Tally } from '@tsmicro/telemetry';
import type { Logger } from 'pino';
import { apikeyAuthPlugin } from './apikey/plugin.ts';
import { Revocations } from './apikey/revocations.ts';
import { correlationIdPlugin } from './correlation-id/plugin.ts';
import { corsPlugin } from './cors/plugin.ts';
import type { Declaration } from './declaration/declaration.ts';
import { createDocsListener } from './docs/listener.ts';
import { Edition } from './edition.ts';
import { envelopePlugin } from './envelope/plugin.ts';
import type { RequestHandler } from './http1/server.ts';
import type { PluginKind } from './plugin/plugin.ts';
import { KongMetrics } from './prometheus/kong-metrics.ts';
import { prometheusPlugin } from './prometheus/plugin.ts';
import { Reception } from './proxy/reception.ts';
import type { TrustedPeers } from './proxy/trusted-peers.ts';
import { ClientLimit } from './rate-limiting/client-limit.ts';
import { Counting } from './rate-limiting/counting.ts';
import { rateLimitingPlugin } from './rate-limiting/plugin.ts';
import { requestSizeLimitingPlugin } from './request-size-limiting/plugin.ts';
import type { HostMap } from './upstream/host-map.ts';
import type { InstanceBook } from './upstream/instance-book.ts';
import { RetryBudget } from './upstream/retry-budget.ts';
import { standingMetric, toStandings } from './upstream/standings.ts';

/** The plugins that a declaration may name. */
export const pluginKinds: readonly PluginKind[] = [
  apikeyAuthPlugin,
  correlationIdPlugin,
  corsPlugin,
  envelopePlugin,
  prometheusPlugin,
  rateLimitingPlugin,
  requestSizeLimitingPlugin,
];

/** The gateway put together: what answers requests, and what is to be closed after the last of them. */
export interface GatewayModule {
  readonly listener: RequestHandler;
  /** How the listener refuses what is too much for a service. */
  readonly refusals: Refusals;
  /** Whoever hears of revoked API keys says so here. */
  readonly revocations: Revocations;
  /** Resolves when what counts requests was connected to, or could not be. */
  opened(): Promise<void>;
  /** From now on requests are treated as this declaration says; those that are under way end as they began. */
  load(declaration: Declaration): void;
  /** Shows what it counts besides requests. */
  show(metrics: Metrics): void;
  close(): Promise<void>;
}

/** What a gateway is put together with. */
export interface GatewayParts {
  readonly hostMap: HostMap;
  readonly instances: InstanceBook;
  readonly logger: Logger;
  readonly docs: boolean;
  readonly rateLimit: boolean;
  /** Requests of one client's address in a minute; 0 for any number. */
  readonly clientPerMin: number;
  /** Who may say on whose behalf he asks. */
  readonly peers: TrustedPeers;
}

/** Longer than a request may take until it has reached its service. */
const graceMs = 10_000;

/** Puts a gateway together that does what `declaration` says. */
export function createGatewayModule(
  declaration: Declaration,
  { hostMap, instances, logger, docs, rateLimit, clientPerMin, peers }: GatewayParts,
): GatewayModule {
  const decisions = new Tally({
    name: 'gateway_apikey_decisions_total',
    help: 'Decisions about API keys, and whether they were known or had to be asked for',
    labels: ['decision', 'source'],
  });
  const addressOf = (host: string, port: number) => hostMap.get(`${host}:${port}`) ?? { host, port };
  const revocations = new Revocations();
  const counting = new Counting(logger);
  const kongMetrics = new KongMetrics(() => edition.upstreams);
  const first = rateLimit && clientPerMin > 0 ? [new ClientLimit(clientPerMin, counting.local)] : [];
  const common = { logger, instances, addressOf, docs, rateLimit };
  const context = { ...common, decisions, revocations, counting, kongMetrics, first };
  let edition = new Edition(declaration, context);
  const closings = new Map<NodeJS.Timeout, () => Promise<void>>();
  const budget = new RetryBudget();
  const refusals = new Refusals(logger);
  const reception = new Reception(edition.router, { budget, refusals, logger, peers });
  return {
    listener: createDocsListener(() => edition.docs?.docs, logger, reception.listener),
    refusals,
    revocations,
    opened: () => counting.redis.opened(),
    load(next) {
      const before = edition;
      const heir = new Edition(next, context, before);
      edition = heir;
      reception.router = heir.router;
      const close = () => before.close(heir);
      const timer = setTimeout(() => {
        closings.delete(timer);
        close().catch((error: unknown) => logger.error({ err: error }, 'connections could not be closed'));
      }, graceMs).unref();
      closings.set(timer, close);
    },
    show(metrics) {
      metrics.collect(decisions.metric, () => decisions.samples());
      kongMetrics.show(metrics);
      const retries = { name: 'gateway_retries_total', help: 'Requests sent a second time' };
      metrics.collect({ ...retries, type: 'counter' }, () => [{ value: budget.spent }]);
      metrics.collect(standingMetric, () => toStandings(edition.upstreams));
    },
    async close() {
      for (const timer of closings.keys()) clearTimeout(timer);
      await edition.close();
      await Promise.all([...closings.values()].map((close) => close()));
    },
  };
}
