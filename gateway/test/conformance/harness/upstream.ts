// Servers behind the gateway under test. They stand for any service: real ones, that note what arrived.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { sendJson } from '../../fixture.ts';
import type { Answer } from './client.ts';

/** Above the 60 s for which Kong keeps an idle connection. */
const keepAliveTimeoutMs = 75_000;

/** The headers that arrived at an upstream which says back what it got, each as often as it came. */
export function arrivedHeaders({ json }: Answer): NodeJS.Dict<string[]> {
  return Object(json?.headers);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the server has no port');
  return address.port;
}

/** One server of the suite. */
export class Upstream implements AsyncDisposable {
  readonly name: string;
  /** `host:port`, as targets are declared. */
  readonly address: string;
  /** Every request whose head arrived, in order. */
  readonly seen: IncomingMessage[] = [];
  /** What answers; says back what arrived unless it is replaced. */
  listener: RequestListener = (request, response) => this.tell(request, response);
  readonly #server: Server;

  private constructor(name: string, address: string, server: Server) {
    this.name = name;
    this.address = address;
    this.#server = server;
    server.on('request', (request, response) => {
      this.seen.push(request);
      this.listener(request, response);
    });
  }

  /** Opens one; `host` is how the gateway finds this machine. */
  static async open(name: string, host: string, port = 0): Promise<Upstream> {
    const server = createServer({ keepAliveTimeout: keepAliveTimeoutMs });
    // A gateway in a container of its own cannot reach the loopback of this machine.
    server.listen(port, host === '127.0.0.1' ? host : '0.0.0.0');
    await once(server, 'listening');
    return new Upstream(name, `${host}:${portOf(server)}`, server);
  }

  /** Says back what arrived, once all of it is there: its own name, method, url, headers, bytes and sha256. */
  tell(request: IncomingMessage, response: ServerResponse): void {
    const hash = createHash('sha256');
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      hash.update(chunk);
    });
    request.once('end', () => {
      const { method = '', url = '', headersDistinct: headers } = request;
      const arrived = { upstream: this.name, method, url, headers, bytes, sha256: hash.digest('hex') };
      sendJson(response, 200, arrived);
    });
  }

  /** Closes it and every connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }
}
