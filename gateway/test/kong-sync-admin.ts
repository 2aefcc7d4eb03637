// Kong's Admin API as far as kong-sync meets it, on a real socket: what it answers, keeps and forgets is what Kong 3.9
// without a database does. With KONG_ADMIN_URL the same tests run against that Kong.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Entity, entitiesOf, isEntity, textOf, textsOf } from '../src/kong-sync/entity.ts';

const emptyHash = '0'.repeat(32);

interface Held {
  hash: string;
  document: Entity;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

/** What Kong says of a document that it does not take; undefined for one that it does. */
function faultOf(document: unknown): string | undefined {
  if (!isEntity(document)) return 'expected an object';
  if (document._format_version !== '3.0') return 'in _format_version: expected one of: 1.1, 2.1, 3.0';
  const services = entitiesOf(document, 'services');
  if (!services.every((service) => textOf(service, 'url') ?? textOf(service, 'host'))) {
    return 'in host: required field missing';
  }
  const targets = entitiesOf(document, 'upstreams').flatMap((upstream) => entitiesOf(upstream, 'targets'));
  if (!targets.every((target) => /^[^\s/]+$/.test(textOf(target, 'target') ?? ''))) {
    return 'in target: Invalid target; not a valid hostname or ip address';
  }
  return undefined;
}

/** A stand-in for Kong that can be killed, started again, and told to be busy. */
export class KongStandIn {
  readonly url: string;
  /** The answers to every post so far. */
  readonly posts: number[] = [];
  /** How many posts were there at once, at most. */
  mostAtOnce = 0;
  /** What is answered to the next posts before any is looked at. */
  readonly refusals: number[] = [];
  #atOnce = 0;
  #held: Held = { hash: emptyHash, document: {} };
  readonly #file: Entity;
  readonly #port: number;
  #server: Server;

  private constructor(server: Server, file: Entity) {
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    this.#file = file;
    this.url = `http://127.0.0.1:${this.#port}`;
    this.#serve(server);
    this.forget();
  }

  /** Starts one that has `file` as its declarative configuration. */
  static async open(file: Entity): Promise<KongStandIn> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new KongStandIn(server, file);
  }

  /** What is in force. */
  get document(): Entity {
    return this.#held.document;
  }

  /** Returns to the file, as a restart does. */
  forget(): void {
    const text = JSON.stringify(this.#file);
    this.#held = { hash: md5(text), document: this.#file };
  }

  async kill(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async start(): Promise<void> {
    this.forget();
    this.#server = createServer().listen(this.#port, '127.0.0.1');
    this.#serve(this.#server);
    await once(this.#server, 'listening');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.kill();
  }

  #serve(server: Server): void {
    server.on('request', async (request, response) => {
      const { status, body } = await this.#answer(request);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(status === 304 ? undefined : JSON.stringify(body));
    });
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: object }> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    if (request.method === 'GET') return this.#read(pathname);
    if (pathname !== '/config' || request.method !== 'POST') return { status: 404, body: {} };
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
    const body = await bodyOf(request);
    const answer = this.#take(body, searchParams.get('check_hash') === '1');
    this.#atOnce--;
    this.posts.push(answer.status);
    return answer;
  }

  #read(path: string): { status: number; body: object } {
    const list = (data: object[]) => ({ status: 200, body: { data, next: null } });
    const upstream = /^\/upstreams\/([^/]+)\/targets$/.exec(path)?.[1];
    if (path === '/status') return { status: 200, body: { configuration_hash: this.#held.hash } };
    if (path === '/plugins') return list(entitiesOf(this.document, 'plugins'));
    if (upstream === undefined) return { status: 404, body: { message: 'Not found' } };
    const held = entitiesOf(this.document, 'upstreams').find(({ name }) => name === upstream);
    return held ? list(entitiesOf(held, 'targets')) : { status: 404, body: { message: 'Not found' } };
  }

  #take(body: string, checkHash: boolean): { status: number; body: object } {
    const refusal = this.refusals.shift();
    if (refusal !== undefined) return { status: refusal, body: { message: 'Currently loading' } };
    const { config } = JSON.parse(body) as { config?: unknown };
    if (typeof config !== 'string') {
      return { status: 400, body: { message: 'expected a declarative configuration' } };
    }
    const hash = md5(config);
    if (checkHash && hash === this.#held.hash) return { status: 304, body: {} };
    const document: unknown = JSON.parse(config);
    const fault = faultOf(document);
    if (fault !== undefined || !isEntity(document)) {
      const message = `declarative config is invalid: ${fault}`;
      return { status: 400, body: { code: 14, name: 'invalid declarative configuration', message } };
    }
    this.#held = { hash, document };
    return { status: 201, body: document };
  }
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** What Kong's Admin API says of what is in force. */
export class KongView {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** The targets of an upstream, sorted, each with its weight; none when there is no such upstream. */
  async targets(upstream: string): Promise<string[]> {
    const found = await this.#list(`/upstreams/${upstream}/targets`);
    return found.map(({ target, weight }) => `${target} ${weight}`).sort();
  }

  /** The URLs at which keys are verified, sorted. */
  async verificationUrls(): Promise<string[]> {
    const found = (await this.#list('/plugins')).find(({ name }) => name === 'apikey-auth-plugin');
    return found && isEntity(found.config) ? textsOf(found.config, 'verification_urls').sort() : [];
  }

  async #list(path: string): Promise<Entity[]> {
    const answer = await fetch(this.#url + path);
    const body: unknown = await answer.json();
    return isEntity(body) ? entitiesOf(body, 'data') : [];
  }
}
