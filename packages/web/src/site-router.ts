import type { Router } from '@tsmicro/network';

/** What a site is mounted on: the routers of `@tsmicro/network` and `@tsmicro/micro` are. */
export type SiteRouter = Pick<Router, 'mount' | 'mountFallback'>;
