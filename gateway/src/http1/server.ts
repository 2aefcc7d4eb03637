import { createServer, type Server, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { Admission, maxUrlLength, Refusals } from '@tsmicro/network';
import { Arrivals } from './arrivals.ts';
import { type ConnectionOwner, ServerConnection } from './server-connection.ts';
import type { ServerRequest } from './server-request.ts';
import type { ServerResponse } from './server-response.ts';

/** Each takes some 20 KiB, and up to 16 KiB of what its client said last; one more is closed unread. */
const maxConnections = 4_096;
/** From here on connections without a request make room for new ones. */
const crowded = maxConnections * 0.9;
const checkEveryMs = 1_000;
/** When clients have been told to leave, none comes any more after this long without one. */
const quietMs = 200;
const drainCheckMs = 20;

/** Takes a request whose body may still come. */
export type RequestHandler = (request: ServerRequest, response: ServerResponse) => void;

/** Asked by whoever looks after the process: answered as long as anything is. */
const isHealth = ({ url }: ServerRequest) => /\/health(?:\/live|\/ready)?$/.test(url);

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * An HTTP/1.1 server on node:net, for a proxy: a request's headers stay in the text that they came in, an answer's head
 * and short body are one write, and nothing in between is made for each of them. What goes beyond RFC 9112 or can be
 * read in two ways is refused, in the envelope; slow, silent and oversized clients are bounded, and more requests than
 * can be answered are refused before anything is done for them.
 */
export class HttpServer implements ConnectionOwner {
  readonly server: Server;
  readonly #handler: RequestHandler;
  readonly #refusals: Refusals;
  readonly #admission = new Admission();
  readonly #connections = new Set<ServerConnection>();
  readonly #timer = setInterval(() => this.#check(), checkEveryMs).unref();
  /** When a client came or went, or closing began: who is on the way then has not been told. */
  #seenAt = Number.NEGATIVE_INFINITY;
  #draining = false;
  #closed = false;
  #closing: Promise<void> | undefined;

  /** The owner lets `server` listen and calls `close`. */
  constructor(handler: RequestHandler, refusals = new Refusals()) {
    this.#handler = handler;
    this.#refusals = refusals;
    const arrivals = new Arrivals((socket) => this.#admit(socket));
    this.server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
      this.#seenAt = performance.now();
      arrivals.add(socket);
    });
  }

  get draining(): boolean {
    return this.#draining;
  }

  accept(request: ServerRequest, response: ServerResponse): void {
    if (!this.#admission.admits(request.arrivedAt) && !isHealth(request))
      this.#refusals.refuse(request, response);
    else if (request.method === 'CONNECT') request.connection.refuse(400, 'method is not supported');
    else if (request.url.length > maxUrlLength) request.connection.refuse(414, 'url is too long');
    else if (request.minorVersion === 1 && request.header('host') === undefined) {
      request.connection.refuse(400, 'host header is missing');
    } else this.#handler(request, response);
  }

  closed(connection: ServerConnection): void {
    this.#seenAt = performance.now();
    this.#connections.delete(connection);
  }

  /**
   * Answers what comes with `connection: close` until clients have gone and stay away (at most `lingerMs`), then stops
   * listening, waits for running requests and cuts what is left at `deadlineMs`. Safe to call twice. A client must not
   * connect anew to what has told it to go: a connection that arrives while listening ends is reset by the kernel.
   */
  close({ lingerMs = 0, deadlineMs = 8_000 } = {}): Promise<void> {
    this.#closing ??= this.#close(lingerMs, deadlineMs);
    return this.#closing;
  }

  async #close(lingerMs: number, deadlineMs: number): Promise<void> {
    const startedAt = performance.now();
    const elapsedMs = () => performance.now() - startedAt;
    this.#seenAt = startedAt;
    this.#draining = true;
    for (const connection of this.#connections) connection.drain();
    this.#refusals.close();
    const coming = () => performance.now() < this.#seenAt + quietMs;
    while (elapsedMs() < lingerMs && (this.#connections.size > 0 || coming())) await pause(drainCheckMs);
    if (this.server.listening) this.server.close();
    while (this.#connections.size > 0 && elapsedMs() < deadlineMs) {
      this.#closeIdle();
      await pause(drainCheckMs);
    }
    for (const connection of this.#connections) connection.destroy();
    this.#closed = true;
    clearInterval(this.#timer);
  }

  #admit(socket: Socket): void {
    if (this.#connections.size > crowded) this.#closeIdle();
    // One that waited while the last of closing was done has nobody to look after it.
    if (this.#closed || this.#connections.size >= maxConnections) socket.destroy();
    else this.#connections.add(new ServerConnection(socket, this));
  }

  #closeIdle(): void {
    for (const connection of this.#connections) if (connection.idle) connection.destroy();
  }

  #check(): void {
    const now = performance.now();
    for (const connection of this.#connections) connection.check(now);
  }
}
