// The edge of every HTTP server here: what node:http would answer on its own (400, 408, 414, 417, 431, a closed
// socket) is answered in the envelope, slow and oversized clients are bounded, and closing loses no request.
import { randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { failureEnvelope } from './envelope.ts';

const maxHeaderBytes = 16 * 1024;
/** Longer URLs are refused. */
export const maxUrlLength = 8 * 1024;
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
/** Above the 60 s after which Kong drops an idle connection: else its POSTs meet a closed socket. */
const keepAliveTimeoutMs = 75_000;
/** Requests that one connection may send ahead of the answers. */
const maxPipelined = 1_000;
/** How long a refused client may read its answer. */
const refusalLingerMs = 500;

/** A listening edge and the way to close it without losing a request. */
export interface ServerEdge {
  readonly server: Server;
  /** Requests being answered now. */
  readonly inFlight: number;
  /**
   * Answers what comes with `connection: close` until clients have gone (at most `lingerMs`), then stops listening,
   * waits for running requests and cuts what is left at `deadlineMs`. Safe to call twice.
   */
  close(options?: { lingerMs?: number; deadlineMs?: number }): Promise<void>;
}

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

function failureBytes(status: number, message: string): string {
  const requestId = randomUUID();
  const body = JSON.stringify(failureEnvelope(status, message, requestId));
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'x-content-type-options: nosniff',
    'connection: close',
    '',
    body,
  ].join('\r\n');
}

/** Sends a failure in the envelope through node's own response object and closes the connection after it. */
export function refuse(response: ServerResponse, status: number, message: string, requestId: string): void {
  const body = JSON.stringify(failureEnvelope(status, message, requestId));
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
    ...(status === 503 || status === 429 ? { 'retry-after': '1' } : {}),
    connection: 'close',
  });
  response.end(body);
}

/** What a parser error amounts to. A first line that never ended is a URL too long, not headers too large. */
function statusOf(error: NodeJS.ErrnoException & { rawPacket?: Buffer }): [number, string] {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW': {
      const start = error.rawPacket?.subarray(0, maxUrlLength).toString('latin1') ?? '';
      return /^[A-Z]+ [^\r\n]*$/.test(start) && start.length >= maxUrlLength
        ? [414, 'url is too long']
        : [431, 'headers are too large'];
    }
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [408, 'request was not received in time'];
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return [413, 'chunk extensions are too large'];
    default:
      return [400, 'malformed HTTP request'];
  }
}

/** Creates a node:http server with this edge around `listener`; the owner calls `server.listen` and `close`. */
export function createServerEdge(listener: RequestListener): ServerEdge {
  const turns = new Map<Duplex, Turns>();
  /** Connections that have not sent a request yet; node:http does not count them as idle. */
  const silent = new Set<Duplex>();
  let inFlight = 0;
  let draining = false;
  let closing: Promise<void> | undefined;

  const accept = (request: IncomingMessage, response: ServerResponse) => {
    inFlight++;
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
    inFlight--;
    const next = socket.destroyed ? undefined : turn.waiting.shift();
    turn.current = next?.response;
    if (next !== undefined) serve(next.request, next.response);
  };

  const serve = (request: IncomingMessage, response: ServerResponse) => {
    if ((request.url?.length ?? 0) > maxUrlLength) {
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
  server.on('connection', (socket: Duplex) => {
    const turn: Turns = { current: undefined, waiting: [] };
    turns.set(socket, turn);
    silent.add(socket);
    socket.once('close', () => {
      silent.delete(socket);
      turns.delete(socket);
      // node:http closes only the response whose turn it is: none of the others would ever be counted out.
      inFlight -= turn.waiting.length + (turn.current === undefined ? 0 : 1);
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
  server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket: Duplex) => {
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
    get inFlight() {
      return inFlight;
    },
    close(options = {}) {
      draining = true;
      for (const { current, waiting } of turns.values()) {
        if (current?.headersSent === false) current.shouldKeepAlive = false;
        for (const { response } of waiting) response.shouldKeepAlive = false;
      }
      closing ??= closeServer(server, silent, options);
      return closing;
    },
  };
}

async function closeServer(
  server: Server,
  silent: ReadonlySet<Duplex>,
  { lingerMs = 0, deadlineMs = 8_000 }: { lingerMs?: number; deadlineMs?: number },
): Promise<void> {
  if (!server.listening) return;
  const cut = setTimeout(() => server.closeAllConnections(), deadlineMs);
  const lingerUntil = performance.now() + lingerMs;
  const connections = () =>
    new Promise<number>((resolve) => server.getConnections((error, count) => resolve(error ? 0 : count)));
  while (performance.now() < lingerUntil && (await connections()) > 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const socket of silent) socket.destroy();
  await closed;
  clearTimeout(cut);
}
