import type { RequestListener } from 'node:http';
import type { Logger } from 'pino';
import { apikeyAuthPlugin } from './apikey/plugin.ts';
import type { Declaration } from './declaration/declaration.ts';
import type { RouteEntity } from './declaration/route.ts';
import type { ServiceEntity } from './declaration/service.ts';
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
): GatewayModule {
  const targets = new TargetBook(hostMap);
  const chains = new ChainBuilder({ targets, logger });
  const routes = declaration.services.flatMap((entity): ProxiedRoute[] => {
    const service = createService(entity, targets);
    return entity.routes.map((route: RouteEntity) => ({
      ...route,
      service,
      plugins: chains.build([declaration.plugins, entity.plugins, route.plugins]),
    }));
  });
  const reception = new Reception(new Router(routes), new RetryBudget(), logger);
  return { listener: reception.listener, close: () => targets.close() };
}
