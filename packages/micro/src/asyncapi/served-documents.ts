import { type Mount, type RouteDescription, serveDocument, toOpenApi } from '@tsmicro/network';
import type { Endpoint } from '../endpoint.ts';
import { type AsyncApiSource, toAsyncApi } from './document.ts';

/** What is asked of a router. */
export interface Describing {
  readonly mount: Mount;
  describe(): readonly RouteDescription[];
  endpoints(): readonly Endpoint[];
  events(): Pick<AsyncApiSource, 'sent' | 'heard'>;
}

/** Serves `GET /openapi.json` and `GET /asyncapi.json`: what is mounted when they are first asked for. */
export function serveDocuments(
  router: Describing,
  info: { title: string; version: string; description: string },
): void {
  serveDocument(router, '/openapi.json', () => toOpenApi({ ...info, routes: router.describe() }));
  serveDocument(router, '/asyncapi.json', () =>
    toAsyncApi({ ...info, endpoints: router.endpoints(), ...router.events() }),
  );
}
