import { createRouter, type HttpLogger } from '@tsmicro/network';
import { openRedis, type Redis } from '@tsmicro/redis';
import { Type } from '@tsmicro/schema';
import type { Server } from '@tsmicro/stack';
import {
  attempt,
  GatewayClient,
  html,
  openAssets,
  openSessions,
  type Page,
  redirect,
  SignedIn,
  Site,
  type SiteOptions,
  type Visit,
} from '../src/index.ts';
import type { TestGateway } from './test-gateway.ts';

const Anything = Type.Object({ name: Type.String() });

const page = (title: string, main: Page['main']): Page => ({ title, main });

function layout({ title, main }: Page, visit: Visit) {
  return html`<!doctype html><title>${title}</title><p id="notice">${visit.notice}</p><main>${main}</main>`;
}

/** The pages that the tests visit. */
function mountPages(site: Site): void {
  site.get('/', (visit) => page('Home', html`Hello ${visit.person?.name ?? 'stranger'}`));
  site.post('/sign-in', async (visit) => {
    const body = { email: 'reader@example.com', password: visit.form.text('password') };
    const signedIn = await attempt(() => visit.api.post('/auth/signin/basic', body, SignedIn), {});
    if ('faults' in signedIn) return page('Sign in', signedIn.faults.general);
    await visit.signIn(signedIn.value.data);
    return redirect('/', 'Welcome back');
  });
  site.post('/sign-out', async (visit) => {
    await visit.signOut();
    return redirect('/');
  });
  site.post('/password', async (visit) => {
    const changed = await attempt(() => visit.api.put('/auth/profile/password'), {});
    return page('Password', 'faults' in changed ? changed.faults.general : 'changed');
  });
  site.get('/mine', async (visit) => {
    visit.requirePerson();
    return page('Mine', (await visit.api.get('/auth/profile/mine', Anything)).name);
  });
  site.get('/desk', (visit) => page('Desk', visit.requirePerson('EDITOR').name));
  site.get('/author', (visit) => page('Author', visit.requirePerson('AUTHOR').name));
  site.post(
    '/echo',
    ({ form }) => page('Echo', form.text('text')),
    ({ form }, { status }) => ({ ...page('Again', form.text('text')), status }),
  );
  site.get('/say/:words', ({ params, query }) => page('Say', `${params.words} ${query.get('q') ?? ''}`));
  site.get('/broken', () => {
    throw new Error('a secret of the house');
  });
  site.get('/silent', async (visit) => page('Silent', (await visit.api.get('/auth/silent', Anything)).name));
}

/** A running instance of a site. */
export interface TestSite extends AsyncDisposable {
  readonly url: string;
  readonly redis: Redis;
  readonly site: Site;
}

/** What a test may want otherwise. */
export interface TestSiteOptions extends Partial<Pick<SiteOptions, 'signal' | 'layout' | 'failure'>> {
  db?: number;
  secureOnly?: boolean;
  logger?: HttpLogger;
  apiKey?: string;
  /** Mounts more. */
  mount?(site: Site): void;
}

/** Starts an instance of a site with a Redis and a gateway; several of them are instances of one. */
export async function startSite(
  redisServer: Pick<Server, 'host' | 'port'>,
  gateway: TestGateway,
  options: TestSiteOptions = {},
): Promise<TestSite> {
  const { secureOnly = false, mount, apiKey = gateway.apiKey, db = 0, ...rest } = options;
  const redis = await openRedis({ host: redisServer.host, port: redisServer.port, db });
  const client = new GatewayClient({ gatewayUrl: gateway.url, apiKey });
  const sessions = openSessions({ redis, gateway: client, secureOnly });
  const assets = await openAssets([], '/assets');
  const site = new Site({ layout, assets, signInPath: '/sign-in', sessions, gateway: client, ...rest });
  mountPages(site);
  mount?.(site);
  const router = createRouter();
  site.mount(router);
  const url = await router.start({ host: '127.0.0.1', port: 0 });
  return {
    url,
    redis,
    site,
    async [Symbol.asyncDispose]() {
      await router.close({ deadlineMs: 200 });
      await redis.close();
    },
  };
}
