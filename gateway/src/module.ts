import type { RequestListener } from 'node:http';
import { Refusals } from '@tsmicro/network';
import { type Metrics, Tally } from '@tsmicro/telemetry';
import type { Logger } from 'pino';
import { apikeyAuthPlugin } from './apikey/plugin.ts';
import type { Declaration } from './declaration/declaration.ts';
import type { RouteEntity } from './declaration/route.ts';
import type { ServiceEntity } from './declaration/service.ts';
import { createDocsListener } from './docs/listener.ts';
import { createDocs } from './docs/module.ts';
import { ChainBuilder } from './plugin/chain.ts';
import type { PluginKind } from './plugin/plugin.ts';
import type { ProxiedRoute, ProxiedService } from './proxy/proxied-route.ts';
import { Reception } from './proxy/reception.ts';
import { Router } from './routing/router.ts';
import type { HostMap } from './upstream/host-map.ts';
import { RetryBudget } from './upstream/retry-budget.ts';
import { TargetBook } from './upstream/target-book.ts';

/** The plugins that a declaration may name. */
export const pluginKinds: readonly PluginKind[] = [apikeyAuthPlugin];

/** The gateway put together: what answers requests, and what is to be closed after the last of them. */
export interface GatewayModule {
  readonly listener: RequestListener;
  /** How the listener refuses what is too much for a service. */
  readonly refusals: Refusals;
  /** Shows what it counts besides requests. */
  show(metrics: Metrics): void;
  close(): Promise<void>;
}

function createService(entity: ServiceEntity, targets: TargetBook): ProxiedService {
  const { host, port, connectTimeoutMs } = entity;
  return { ...entity, target: targets.open(host, port, { connectTimeoutMs }) };
}

/** Puts a gateway together that does what `declaration` says. */
export function createGatewayModule(
  declaration: Declaration,
  hostMap: HostMap,
  logger: Logger,
  { docs, rateLimit }: { docs: boolean; rateLimit: boolean },
): GatewayModule {
  const targets = new TargetBook(hostMap);
  const decisions = new Tally({
    name: 'gateway_apikey_decisions_total',
    help: 'Decisions about API keys, and whether they were known or had to be asked for',
    labels: ['decision', 'source'],
  });
  const chains = new ChainBuilder({
    targets,
    addressOf: (host, port) => targets.addressOf(host, port),
    logger,
    decisions,
    rateLimit,
  });
  const routes = declaration.services.flatMap((entity): ProxiedRoute[] => {
    const service = createService(entity, targets);
    return entity.routes.map((route: RouteEntity) => ({
      ...route,
      service,
      plugins: chains.build([declaration.plugins, entity.plugins, route.plugins]),
    }));
  });
  const budget = new RetryBudget();
  const refusals = new Refusals(logger);
  const { listener } = new Reception(new Router(routes), budget, refusals, logger);
  const retries = { name: 'gateway_retries_total', help: 'Requests sent a second time' };
  return {
    listener: docs ? createDocsListener(createDocs(declaration, targets), logger, listener) : listener,
    refusals,
    show(metrics) {
      metrics.collect(decisions.metric, () => decisions.samples());
      metrics.collect({ ...retries, type: 'counter' }, () => [{ value: budget.spent }]);
    },
    close: () => targets.close(),
  };
}
