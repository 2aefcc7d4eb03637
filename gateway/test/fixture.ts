// A gateway with real sockets on both sides: two upstreams that stand for any service, and the gateway itself,
// opened by the server of the product with a declaration written for the test.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Metrics } from '@tsmicro/telemetry';
import { type Logger, pino } from 'pino';
import { request } from 'undici';
import { type Gateway, openGateway } from '../src/server.ts';

export const knownKey = 'a-known-key';

/** A service of the test's own. */
export interface Upstream {
  readonly port: number;
  /** Every request that arrived, in order. */
  readonly seen: IncomingMessage[];
  /** Sockets that are open now. */
  readonly sockets: number;
  /** Replaces what answers. */
  listener: RequestListener;
  close(): Promise<void>;
}

export interface Fixture {
  readonly gateway: Gateway;
  readonly port: number;
  readonly auth: Upstream;
  readonly blog: Upstream;
  /** What the gateway logged, one object a line. */
  readonly log: Record<string, unknown>[];
}

export interface FixtureOptions {
  auth?: RequestListener;
  blog?: RequestListener;
  /** Fields of the plugin's config, instead of the usual ones. */
  plugin?: string;
  /** Fields of the service blog besides url and routes. */
  service?: string;
  logLevel?: string;
  metrics?: Metrics;
  docs?: 'on' | 'off';
}

export async function openUpstream(listener: RequestListener): Promise<Upstream> {
  const seen: IncomingMessage[] = [];
  let sockets = 0;
  const server: Server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    seen.push(request);
    upstream.listener(request, response);
  });
  server.on('connection', (socket) => {
    sockets++;
    socket.once('close', () => sockets--);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const upstream: Upstream = {
    port: (server.address() as AddressInfo).port,
    seen,
    get sockets() {
      return sockets;
    },
    listener,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return upstream;
}

/** Answers as services here do. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** Says back what arrived. */
export const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { method, url, headers } = request;
    sendJson(response, 200, { method, url, headers, body: Buffer.concat(chunks).toString() });
  });
};

/** Grants {@link knownKey} and refuses every other key as the auth service does. */
export const verifyKey: RequestListener = (request, response) => {
  if (request.headers['x-api-key'] === knownKey) {
    sendJson(response, 200, { code: '10000', status: 200, message: 'success' });
    return;
  }
  const requestId = request.headers['x-request-id'];
  sendJson(response, 403, { code: '10001', status: 403, message: 'permission denied', requestId });
};

function declarationOf({ plugin, service }: FixtureOptions): string {
  return `
_format_version: "3.0"
services:
  - name: auth
    url: http://auth:8000
    routes: [{ name: auth, paths: ["~/auth(?:/|$)"] }]
  - name: blog
    url: http://blog:8000
    ${(service ?? 'connect_timeout: 1000, read_timeout: 2400, write_timeout: 2400, retries: 1').replaceAll(', ', '\n    ')}
    routes: [{ name: blog, paths: ["~/blog(?:/|$)"] }]
plugins:
  - name: apikey-auth-plugin
    config: { ${plugin ?? 'verification_urls: ["http://auth:8000/verify/apikey"]'} }
`;
}

/** A gateway with a declaration of the test's own; its file may be written anew. */
export interface Declared {
  readonly gateway: Gateway;
  readonly file: string;
  readonly log: Record<string, unknown>[];
}

/** How a gateway with a declaration of the test's own is opened. */
export interface DeclaredOptions {
  hostMap?: string;
  natsUrl?: string;
  docs?: 'on' | 'off';
  logLevel?: string;
  metrics?: Metrics;
  rateLimit?: 'on' | 'off';
  clientPerMin?: number;
  trustedIps?: string;
  /** What the declaration may refer to. */
  environment?: Record<string, string>;
}

/** Opens a gateway that does what this declaration says; it is closed with the test. */
export async function openDeclared(
  t: TestContext,
  yaml: string,
  {
    hostMap = '',
    natsUrl,
    docs = 'off',
    logLevel = 'info',
    metrics,
    rateLimit = 'on',
    clientPerMin = 0,
    trustedIps = '',
    environment = {},
  }: DeclaredOptions = {},
): Promise<Declared> {
  const directory = await mkdtemp(join(tmpdir(), 'gateway-'));
  const file = join(directory, 'kong.yml');
  await writeFile(file, yaml);
  const log: Record<string, unknown>[] = [];
  const logger: Logger = pino({ level: logLevel }, { write: (line: string) => log.push(JSON.parse(line)) });
  const gateway = await openGateway(
    {
      SERVER_HOST: '127.0.0.1',
      SERVER_PORT: 0,
      KONG_CONFIG: file,
      DOCS: docs,
      RATE_LIMIT: rateLimit,
      RATE_LIMIT_CLIENT_PER_MIN: clientPerMin,
      TRUSTED_IPS: trustedIps,
      environment,
      NATS_URL: natsUrl,
      NATS_SERVICE_NAME: 'gateway',
      NATS_SERVICE_VERSION: '0.1.0',
      HOST_MAP: hostMap,
    },
    { logger, ...(metrics === undefined ? {} : { metrics }) },
  );
  t.after(async () => {
    await gateway.close({ lingerMs: 0 });
    await rm(directory, { recursive: true });
  });
  return { gateway, file, log };
}

/** Opens everything; it is closed with the test. */
export async function openFixture(t: TestContext, options: FixtureOptions = {}): Promise<Fixture> {
  const auth = await openUpstream(options.auth ?? verifyKey);
  const blog = await openUpstream(options.blog ?? echo);
  t.after(() => Promise.all([auth.close(), blog.close()]));
  const { docs = 'on', logLevel, metrics } = options;
  const { gateway, log } = await openDeclared(t, declarationOf(options), {
    hostMap: `auth:8000=127.0.0.1:${auth.port},blog:8000=127.0.0.1:${blog.port}`,
    docs,
    ...(logLevel === undefined ? {} : { logLevel }),
    ...(metrics === undefined ? {} : { metrics }),
  });
  return { gateway, port: Number(new URL(gateway.address).port), auth, blog, log };
}

/** Waits until `done` holds; fails after five seconds, naming what did not come. */
export async function until(what: string, done: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!done()) {
    if (performance.now() > deadline) throw new Error(`did not happen within 5 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** One answer as a client sees it. */
export interface Asked {
  readonly status: number;
  readonly json: Record<string, unknown>;
  readonly headers: Record<string, unknown>;
  readonly tookMs: number;
}

/** Asks the gateway with a key, or with none. */
export async function askWithKey(
  { gateway }: Fixture,
  key: string | undefined,
  path = '/blog/x',
): Promise<Asked> {
  const startedAt = performance.now();
  const headers = key === undefined ? {} : { 'x-api-key': key };
  const answer = await request(gateway.address + path, { headers });
  const json = (await answer.body.json()) as Record<string, unknown>;
  return { status: answer.statusCode, json, headers: answer.headers, tookMs: performance.now() - startedAt };
}
