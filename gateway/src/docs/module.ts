import { needsApiKey } from '../apikey/plugin.ts';
import type { Declaration } from '../declaration/declaration.ts';
import type { ServiceEntity } from '../declaration/service.ts';
import type { TargetBook } from '../upstream/target-book.ts';
import { Docs } from './docs.ts';
import { prefixOf } from './gateway-view.ts';
import { ServiceSource } from './service-source.ts';

/** Few: documents are asked for seldom, and once for all who wait. */
const connections = 2;
const apiKeyPlugin = 'apikey-auth-plugin';

function guards({ plugins }: Declaration, entity: ServiceEntity): boolean {
  const declared = [...plugins, ...entity.plugins, ...entity.routes.flatMap((route) => route.plugins)];
  return declared.some(({ kind, enabled }) => enabled && kind.name === apiKeyPlugin);
}

/** The reference of the services that a declaration routes to. */
export function createDocs(declaration: Declaration, targets: TargetBook): Docs {
  const routed = declaration.services.filter(({ routes }) => routes.length > 0);
  const sources = routed.map((entity) => {
    const { name, host, port, pathPrefix, connectTimeoutMs, routes } = entity;
    const guarded = guards(declaration, entity);
    return new ServiceSource({
      name,
      pathPrefix,
      target: targets.open(host, port, { connectTimeoutMs, connections }),
      mount: {
        prefix: routes[0] === undefined ? '' : prefixOf(routes[0]),
        needsApiKey: (path) => guarded && needsApiKey(path),
      },
    });
  });
  return new Docs(sources);
}
