import type { Module, NatsClient } from '@tsmicro/micro';
import type { Redis } from '@tsmicro/redis';
import { HealthController, type Opening, type Readiness } from '@tsmicro/service';
import { GatewayClient, openAssets, openSessions, Site, type SiteRouter } from '@tsmicro/web';
import { AccountController } from './account/controller.ts';
import { ArticleController } from './article/controller.ts';
import { CommentController } from './comment/controller.ts';
import type { Config } from './config.ts';
import { DeskController } from './desk/controller.ts';
import { failure } from './layout/failure.ts';
import { createLayout } from './layout/layout.ts';
import { WritingController } from './writing/controller.ts';

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
}

/** Creates every part of the site. */
export async function createModule(connections: Connections): Promise<Module<Instance>> {
  const { config, redis, readiness, logger, signal } = connections;
  const gateway = new GatewayClient({
    gatewayUrl: config.GATEWAY_URL,
    apiKey: config.API_KEY,
    userAgent: config.NATS_SERVICE_NAME,
  });
  const sessions = openSessions({ redis, gateway, secureOnly: config.NODE_ENV === 'production' });
  const assets = await openAssets([new URL('./asset/', import.meta.url)], '/assets');
  const layout = createLayout(assets);
  const signInPath = '/sign-in';
  const site = new Site({ layout, failure, assets, signInPath, sessions, gateway, logger, signal });
  new ArticleController().mount(site);
  new CommentController().mount(site);
  new AccountController(assets).mount(site);
  new WritingController(assets).mount(site);
  new DeskController(assets).mount(site);
  const controllers = [new HealthController(readiness)];
  return {
    getInstance: () => ({ mount: (router) => site.mount(router) }),
    controllers: () => controllers,
    rootMiddlewares: () => [],
  };
}
