import { needsApiKey } from '../apikey/plugin.ts';
import type { Declaration } from '../declaration/declaration.ts';
import type { ServiceEntity } from '../declaration/service.ts';
import type { UpstreamBook } from '../upstream/upstream-book.ts';
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

/** A reference with the connections that it asks the services over. */
export interface OpenDocs {
  readonly docs: Docs;
  close(): Promise<void>;
}

/** Whether a service of the declaration is a whole one, and not a part of another that has rules of its own. */
function isWhole({ pathPrefix, routes }: ServiceEntity): boolean {
  return pathPrefix === '' && routes.length > 0;
}

/** The reference of the services that a declaration routes to. */
export function createDocs(declaration: Declaration, targets: UpstreamBook): OpenDocs {
  const asked = declaration.services.filter(isWhole).map((entity) => {
    const { name, host, port, pathPrefix, connectTimeoutMs, routes } = entity;
    const guarded = guards(declaration, entity);
    const backend = targets.open(host, port, { connectTimeoutMs, connections });
    const source = new ServiceSource({
      name,
      pathPrefix,
      backend,
      mount: {
        prefix: routes[0] === undefined ? '' : prefixOf(routes[0]),
        needsApiKey: (path) => guarded && needsApiKey(path),
      },
    });
    return { source, backend };
  });
  return {
    docs: new Docs(asked.map(({ source }) => source)),
    async close() {
      await Promise.all(asked.map(({ backend }) => backend.close()));
    },
  };
}
