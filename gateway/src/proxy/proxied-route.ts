import type { PluginChain } from '../plugin/chain.ts';
import type { Routable } from '../routing/router.ts';
import type { Backend } from '../upstream/backend.ts';

/** A service as requests are forwarded to it. */
export interface ProxiedService {
  readonly name: string;
  readonly backend: Backend;
  readonly pathPrefix: string;
  readonly writeTimeoutMs: number;
  readonly readTimeoutMs: number;
  readonly retries: number;
}

/** A route with all that it takes to follow it. */
export interface ProxiedRoute extends Routable {
  readonly name: string;
  readonly preserveHost: boolean;
  readonly plugins: PluginChain;
  readonly service: ProxiedService;
}
