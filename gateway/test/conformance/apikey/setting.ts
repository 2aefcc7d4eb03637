import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { TestContext } from 'node:test';
import { sendJson } from '../../fixture.ts';
import { type Fields, serviceOf } from '../harness/declaration.ts';
import type { Stage } from '../harness/stage.ts';
import type { Upstream } from '../harness/upstream.ts';

/** A key that the verifier knows; every test has keys of its own, since gateways remember them. */
export function newKey(): string {
  return `good-${randomUUID()}`;
}

/** A key that it does not know. */
export function newWrongKey(): string {
  return `wrong-${randomUUID()}`;
}

/** Decides about keys as the auth service does. */
export const verifyKey: RequestListener = (request, response) => {
  const key = request.headers['x-api-key'];
  if (typeof key === 'string' && key.startsWith('good-')) {
    sendJson(response, 200, { code: '10000', status: 200, message: 'success' });
    return;
  }
  const requestId = request.headers['x-request-id'];
  sendJson(response, 403, { code: '10001', status: 403, message: 'permission denied', requestId });
};

/** The defaults of the plugin's schema: what runs the plugin without Kong has no schema to fill them in. */
const defaults = {
  cache_ttl_sec: 10,
  negative_ttl_sec: 1,
  timeout_ms: 1_500,
  required: true,
  hide_credentials: false,
};

/** What the tests of the plugin stand on. */
export interface Setting {
  /** Answers whether a key is good. */
  readonly verifier: Upstream;
  /** The service that is asked. */
  readonly blog: Upstream;
}

/** Declares the service blog behind apikey-auth-plugin; `config` replaces fields of the plugin's. */
export async function openSetting(stage: Stage, t: TestContext, config: Fields = {}): Promise<Setting> {
  const verifier = await stage.openUpstream(t, 'verifier');
  const blog = await stage.openUpstream(t, 'blog');
  verifier.listener = verifyKey;
  await stage.load({
    services: [serviceOf('blog', blog)],
    plugins: [
      {
        name: 'apikey-auth-plugin',
        config: { ...defaults, verification_urls: [`http://${verifier.address}/verify/apikey`], ...config },
      },
    ],
  });
  return { verifier, blog };
}

/** Asks blog with a key. */
export function askWith(stage: Stage, key: string | string[], path = '/blog/x') {
  return stage.ask(path, { headers: { 'x-api-key': key } });
}
