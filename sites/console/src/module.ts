import type { Module, NatsClient } from '@tsmicro/micro';
import type { Redis } from '@tsmicro/redis';
import { HealthController, type Opening, type Readiness } from '@tsmicro/service';
import { GatewayClient, openAssets, openSessions, Site, type SiteRouter } from '@tsmicro/web';
import type { Config } from './config.ts';
import { mountParked } from './events/controller.ts';
import { mountKeys } from './keys/controller.ts';
import { createLayout } from './layout/page.ts';
import { mountLive } from './live/controller.ts';
import { Access } from './session/access.ts';
import { mountSession } from './session/controller.ts';
import { mountUsers } from './users/controller.ts';
import { Watch } from './watch/watch.ts';

/** What the site is built on. */
export interface Connections {
  config: Config;
  redis: Redis;
  natsClient: NatsClient;
  readiness: Readiness;
  logger: Opening['logger'];
  signal: AbortSignal | undefined;
}

/** What start-up needs. */
export interface Instance {
  /** Mounts every page. */
  mount(router: SiteRouter): void;
  /** What the pages that move look at; to be closed before NATS is. */
  watch: Watch;
}

/** The library that puts what changed into a page, as it was published. */
const morphing = new URL(import.meta.resolve('idiomorph/dist/idiomorph.min.js'));

/** Creates every part of the site. */
export async function createModule(connections: Connections): Promise<Module<Instance>> {
  const { config, redis, natsClient, readiness, logger, signal } = connections;
  const inProduction = config.NODE_ENV === 'production';
  const gateway = new GatewayClient({
    gatewayUrl: config.GATEWAY_URL,
    apiKey: config.API_KEY,
    userAgent: config.NATS_SERVICE_NAME,
  });
  const sessions = openSessions({
    redis,
    gateway,
    cookie: 'console-session',
    path: '/console',
    secureOnly: inProduction,
  });
  const assets = await openAssets([new URL('./asset/', import.meta.url), morphing], '/console/assets');
  const layout = createLayout(assets);
  const signInPath = '/console/sign-in';
  const site = new Site({ layout, assets, signInPath, sessions, gateway, logger, signal });
  const access = new Access(!inProduction);
  const watch = new Watch({ natsClient, gatewayUrl: config.GATEWAY_URL, logger });
  mountLive(site, watch, access);
  mountParked(site, { access, sendAgain: (sequence) => watch.sendAgain(sequence) });
  mountKeys(site, access);
  mountUsers(site, access);
  mountSession(site);
  const controllers = [new HealthController(readiness)];
  return {
    getInstance: () => ({ mount: (router) => site.mount(router), watch }),
    controllers: () => controllers,
    rootMiddlewares: () => [],
  };
}
