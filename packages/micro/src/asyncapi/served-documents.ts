import { type Mount, type RouteDescription, serveDocument, toOpenApi } from '@tsmicro/network';
import type { Endpoint } from '../endpoint.ts';
import { toAsyncApi } from './document.ts';

/** What is asked of a router. */
export interface Describing {
  readonly mount: Mount;
  describe(): readonly RouteDescription[];
  endpoints(): readonly Endpoint[];
}

/** Serves `GET /openapi.json` and `GET /asyncapi.json`: what is mounted when they are first asked for. */
export function serveDocuments(
  router: Describing,
  info: { title: string; version: string; description: string },
): void {
  serveDocument(router, '/openapi.json', () => toOpenApi({ ...info, routes: router.describe() }));
  serveDocument(router, '/asyncapi.json', () => toAsyncApi({ ...info, endpoints: router.endpoints() }));
}
