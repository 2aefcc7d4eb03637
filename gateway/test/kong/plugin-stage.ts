import type { TestContext } from 'node:test';
import { request } from 'undici';
import { echo, openUpstream, type Upstream } from '../fixture.ts';
import { type NginxGateway, openNginxGateway } from './nginx-gateway.ts';

/** One answer of the gateway. */
export interface Asked {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly json: Record<string, unknown>;
  readonly tookMs: number;
}

/** What the tests declare of the plugin apikey-auth-plugin; the rest is as its schema has it. */
export interface PluginConfig {
  readonly verification_urls: readonly string[];
  readonly cache_ttl_sec?: number;
  readonly negative_ttl_sec?: number;
  readonly timeout_ms?: number;
  readonly hide_credentials?: boolean;
}

/** The plugins in front of a service `blog` that says back what it gets, and perhaps the auth service. */
export interface PluginStage {
  readonly gateway: NginxGateway;
  readonly blog: Upstream;
  /** Puts the same configuration into force anew. */
  reload(): Promise<void>;
  /** Asks the gateway with a key, or with none. */
  ask(key: string | undefined, path?: string, headers?: Record<string, string>): Promise<Asked>;
}

function serviceOf(name: string, url: string): string {
  return `  - { name: ${name}, url: "${url}", read_timeout: 2300, routes: [{ name: ${name}, paths: ["~/${name}(?:/|$)"] }] }`;
}

/** Opens everything; it is closed with the test. */
export async function openPluginStage(
  t: TestContext,
  config: PluginConfig,
  authUrl?: string,
): Promise<PluginStage> {
  const blog = await openUpstream(echo);
  t.after(() => blog.close());
  const declaration = `
_format_version: "3.0"
services:
${serviceOf('blog', `http://127.0.0.1:${blog.port}`)}
${authUrl === undefined ? '' : serviceOf('auth', authUrl)}
plugins:
  - name: envelope-plugin
  - name: correlation-id
  - name: apikey-auth-plugin
    config: ${JSON.stringify(config)}
`;
  const gateway = await openNginxGateway(declaration);
  t.after(() => gateway[Symbol.asyncDispose]());
  return {
    gateway,
    blog,
    reload: () => gateway.load(declaration),
    async ask(key, path = '/blog/x', headers = {}) {
      const startedAt = performance.now();
      const answer = await request(gateway.baseUrl + path, {
        headers: { ...headers, ...(key === undefined ? {} : { 'x-api-key': key }) },
      });
      const json = (await answer.body.json()) as Record<string, unknown>;
      const tookMs = performance.now() - startedAt;
      return { status: answer.statusCode, headers: answer.headers, json, tookMs };
    },
  };
}
