import { createRouter } from '@tsmicro/network';
import { openRedis } from '@tsmicro/redis';
import type { Server } from '@tsmicro/stack';
import { GatewayClient, openAssets, openSessions, Site } from '@tsmicro/web';
import { mountParked } from '../src/events/controller.ts';
import { mountKeys } from '../src/keys/controller.ts';
import { createLayout } from '../src/layout/page.ts';
import { mountLive } from '../src/live/controller.ts';
import { Access } from '../src/session/access.ts';
import { mountSession } from '../src/session/controller.ts';
import { mountUsers } from '../src/users/controller.ts';
import { HandWatch } from './hand-watch.ts';

/** The pages of the console on a server of their own; no gateway answers behind them. */
export interface TestConsole extends AsyncDisposable {
  readonly url: string;
  readonly watch: HandWatch;
}

/** How a test wants it. */
export interface TestConsoleOptions {
  /** Whether everybody may look, as in development. */
  open: boolean;
  sendAgain?(sequence: number): Promise<void>;
}

/** Starts the console's pages with a watch by hand. */
export async function startConsole(
  redisServer: Pick<Server, 'host' | 'port'>,
  { open, sendAgain = () => Promise.resolve() }: TestConsoleOptions,
): Promise<TestConsole> {
  const redis = await openRedis({ host: redisServer.host, port: redisServer.port, db: 0 });
  const gateway = new GatewayClient({ gatewayUrl: 'http://127.0.0.1:9', apiKey: 'none' });
  const sessions = openSessions({ redis, gateway, path: '/console' });
  const morphing = new URL(import.meta.resolve('idiomorph/dist/idiomorph.min.js'));
  const assets = await openAssets([new URL('../src/asset/', import.meta.url), morphing], '/console/assets');
  const layout = createLayout(assets);
  const site = new Site({ layout, assets, signInPath: '/console/sign-in', sessions, gateway });
  const access = new Access(open);
  const watch = new HandWatch();
  mountLive(site, watch, access);
  mountParked(site, { access, sendAgain });
  mountKeys(site, access);
  mountUsers(site, access);
  mountSession(site);
  const router = createRouter();
  site.mount(router);
  const url = await router.start({ host: '127.0.0.1', port: 0 });
  return {
    url,
    watch,
    async [Symbol.asyncDispose]() {
      await router.close({ deadlineMs: 200 });
      await redis.close();
    },
  };
}
