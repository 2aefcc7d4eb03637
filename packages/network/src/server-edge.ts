// The edge of every HTTP server here: what node:http would answer on its own (400, 408, 414, 417, 431, a closed
// socket) is answered in the envelope, slow and oversized clients are bounded, more requests than can be answered are
// refused before anything is done for them, and closing loses no request.
import { randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { Admission } from './admission.ts';
import { failureBytes, maxUrlLength, type ParserError, refuse, statusOf } from './edge-failure.ts';
import { Refusals } from './refusals.ts';

const maxHeaderBytes = 16 * 1024;
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
/** Above the 60 s after which Kong drops an idle connection: else its POSTs meet a closed socket. */
const keepAliveTimeoutMs = 75_000;
/** Each takes some 20 KiB; one more is closed unread. */
const maxConnections = 4_096;
/** From here on connections without a request make room for new ones. */
const crowded = maxConnections * 0.9;
/** Requests that one connection may send ahead of the answers. */
const maxPipelined = 1_000;
/** When clients have been told to leave, none comes any more after this long without one. */
const quietMs = 200;
/** How long a refused client may read its answer. */
const refusalLingerMs = 500;
const idleCheckMs = 20;

/** What an edge may be given. */
export interface EdgeOptions {
  /** How requests are refused that are too many; shared with a listener that refuses some itself. */
  refusals?: Refusals;
}

/** A listening edge and the way to close it without losing a request. */
export interface ServerEdge {
  readonly server: Server;
  /**
   * Answers what comes with `connection: close` until clients have gone and stay away (at most `lingerMs`), then stops
   * listening, waits for running requests and cuts what is left at `deadlineMs`. Safe to call twice. A client must not
   * connect anew to what has told it to go: a connection that arrives while listening ends is reset by the kernel.
   */
  close(options?: { lingerMs?: number; deadlineMs?: number }): Promise<void>;
}

/** Asked by whoever looks after the process: answered as long as anything is. */
const isHealth = ({ url }: IncomingMessage) => /\/health(?:\/live|\/ready)?$/.test(url ?? '');

/** node:http takes any list of codings that ends in chunked, and decodes only that one (RFC 9112, 6.1). */
function isFramed({ headers }: IncomingMessage): boolean {
  const coding = headers['transfer-encoding'];
  return coding === undefined || coding.toLowerCase() === 'chunked';
}

/** The requests of one connection: the one being answered, and those sent ahead of its answer. */
interface Turns {
  current: ServerResponse | undefined;
  waiting: { request: IncomingMessage; response: ServerResponse }[];
}

/** Creates a node:http server with this edge around `listener`; the owner calls `server.listen` and `close`. */
export function createServerEdge(
  listener: RequestListener,
  { refusals = new Refusals() }: EdgeOptions = {},
): ServerEdge {
  const admission = new Admission();
  const turns = new Map<Duplex, Turns>();
  /** Connections that have not sent a request yet; node:http does not count them as idle. */
  const silent = new Set<Duplex>();
  let draining = false;
  /** When a client came or went, or closing began: who is on the way then has not been told. */
  let seenAt = Number.NEGATIVE_INFINITY;
  let closing: Promise<void> | undefined;

  const accept = (request: IncomingMessage, response: ServerResponse) => {
    if (draining) response.shouldKeepAlive = false;
    const { socket } = request;
    const turn = turns.get(socket);
    if (turn === undefined) {
      socket.destroy();
      return;
    }
    silent.delete(socket);
    response.on('close', () => leave(turn, response, socket));
    // One request of a connection at a time: its answers wait for each other anyway, and a client that sends many
    // and reads nothing would hold something of the service for each of them.
    if (turn.current === undefined) {
      turn.current = response;
      serve(request, response);
    } else if (turn.waiting.length >= maxPipelined) socket.destroy();
    else turn.waiting.push({ request, response });
  };

  const leave = (turn: Turns, response: ServerResponse, socket: Duplex) => {
    if (turn.current !== response) return;
    const next = socket.destroyed ? undefined : turn.waiting.shift();
    turn.current = next?.response;
    if (next !== undefined) serve(next.request, next.response);
  };

  const serve = (request: IncomingMessage, response: ServerResponse) => {
    if (!admission.admits() && !isHealth(request)) {
      refusals.refuse(request, response);
    } else if ((request.url?.length ?? 0) > maxUrlLength) {
      refuse(response, 414, 'url is too long', randomUUID());
    } else if (request.headers.host === undefined && request.httpVersionMinor > 0) {
      refuse(response, 400, 'host header is missing', randomUUID());
    } else if (request.httpVersionMajor !== 1 || !isFramed(request)) {
      refuse(response, 400, 'malformed HTTP request', randomUUID());
    } else {
      listener(request, response);
    }
  };

  const server = createServer(
    {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: 1_000,
      requireHostHeader: false,
    },
    accept,
  );
  server.maxConnections = maxConnections;
  server.on('connection', (socket: Duplex) => {
    if (turns.size > crowded) closeIdle(server, silent);
    const turn: Turns = { current: undefined, waiting: [] };
    turns.set(socket, turn);
    silent.add(socket);
    seenAt = performance.now();
    socket.once('close', () => {
      seenAt = performance.now();
      silent.delete(socket);
      turns.delete(socket);
      // node:http closes only the response whose turn it is: none of the others would ever be counted out.
      turn.waiting = [];
      turn.current = undefined;
    });
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    refuse(response, 417, 'expectation failed', randomUUID());
    request.resume();
  });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    socket.end(failureBytes(400, 'method is not supported'));
  });
  const refused = new WeakSet<Duplex>();
  server.on('clientError', (error: ParserError, socket: Duplex) => {
    // Every further packet of a refused client is an error again.
    if (refused.has(socket)) return;
    refused.add(socket);
    const { current, waiting = [] } = turns.get(socket) ?? {};
    // With an answer begun or several due, bytes of ours would be taken for a part of them.
    const clean = waiting.length === 0 && current?.headersSent !== true;
    if (error.code === 'ECONNRESET' || !socket.writable || !clean) {
      socket.destroy();
      return;
    }
    socket.end(failureBytes(...statusOf(error)));
    // Destroyed at once with bytes unread, the connection would be reset before the client has read the answer.
    const gone = setTimeout(() => socket.destroy(), refusalLingerMs);
    socket.once('close', () => clearTimeout(gone));
  });

  return {
    server,
    close(options = {}) {
      if (!draining) seenAt = performance.now();
      draining = true;
      for (const { current, waiting } of turns.values()) {
        if (current?.headersSent === false) current.shouldKeepAlive = false;
        for (const { response } of waiting) response.shouldKeepAlive = false;
      }
      refusals.close();
      closing ??= closeServer(server, silent, { ...options, seenAt: () => seenAt });
      return closing;
    },
  };
}

function closeIdle(server: Server, silent: ReadonlySet<Duplex>): void {
  server.closeIdleConnections();
  for (const socket of silent) socket.destroy();
}

async function closeServer(
  server: Server,
  silent: ReadonlySet<Duplex>,
  {
    lingerMs = 0,
    deadlineMs = 8_000,
    seenAt,
  }: { lingerMs?: number; deadlineMs?: number; seenAt: () => number },
): Promise<void> {
  if (!server.listening) return;
  const cut = setTimeout(() => server.closeAllConnections(), deadlineMs);
  const lingerUntil = performance.now() + lingerMs;
  const connections = () =>
    new Promise<number>((resolve) => server.getConnections((error, count) => resolve(error ? 0 : count)));
  const coming = () => performance.now() < seenAt() + quietMs;
  while (performance.now() < lingerUntil && ((await connections()) > 0 || coming())) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const socket of silent) socket.destroy();
  // A connection whose last answer went out before its request was read becomes idle later, and nobody would close it.
  const idle = setInterval(() => server.closeIdleConnections(), idleCheckMs);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
