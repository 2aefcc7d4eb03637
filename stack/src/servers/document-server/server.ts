import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Clock } from './command/clock.ts';
import type { Engine } from './command/context.ts';
import { Executor, type ReportFault } from './executor.ts';
import { removeExpired } from './expiry.ts';
import { CursorTable } from './query/cursor.ts';
import { Catalog } from './storage/catalog.ts';
import { Database } from './storage/database.ts';
import { serveConnection } from './wire/connection.ts';

const maxConnections = 1000;
const expirySweepMs = 60_000;
const closeWithinMs = 3000;

/** Where the server listens and keeps its data. */
export interface DocumentServerOptions {
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** 0 takes a free one. @default 0 */
  readonly port?: number;
  /** The data file; `:memory:` keeps nothing. */
  readonly path: string;
  /** Told of the server's own faults; a client hears only that there was one. */
  readonly reportFault?: ReportFault;
}

/** A document server that listens. */
export interface DocumentServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** The connection string for the official drivers. */
  readonly url: string;
  /** Ends after the commands that are running, and closes the file. */
  close(): Promise<void>;
}

/**
 * Starts a server that speaks the MongoDB wire protocol on a SQLite file. Every write that it acknowledges is
 * on the disk. For development and tests: one process, no users, loopback.
 */
export async function startDocumentServer(options: DocumentServerOptions): Promise<DocumentServer> {
  const { host = '127.0.0.1', port = 0, path, reportFault = () => undefined } = options;
  const database = new Database(path);
  try {
    const catalog = new Catalog(database);
    const engine: Engine = { database, catalog, cursors: new CursorTable(), clock: new Clock() };
    return await listen(engine, new Executor(engine, reportFault), host, port, reportFault);
  } catch (error) {
    database[Symbol.dispose]();
    throw error;
  }
}

async function listen(
  engine: Engine,
  executor: Executor,
  host: string,
  port: number,
  reportFault: ReportFault,
): Promise<DocumentServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serveConnection(socket, (request) => executor.answer(request));
  });
  server.maxConnections = maxConnections;
  server.listen(port, host);
  await once(server, 'listening');
  const expiry = setInterval(() => sweep(engine, reportFault), expirySweepMs);
  expiry.unref();
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= shut(server, sockets, expiry, executor).then(() => engine.database[Symbol.dispose]());
    return closed;
  };
  const bound = portOf(server);
  return { host, port: bound, url: `mongodb://${host}:${bound}`, close, [Symbol.asyncDispose]: close };
}

function sweep(engine: Engine, reportFault: ReportFault): void {
  try {
    engine.clock.start(0);
    removeExpired(engine, Date.now());
  } catch (error) {
    reportFault(error);
  }
}

async function shut(
  server: Server,
  sockets: ReadonlySet<Socket>,
  expiry: NodeJS.Timeout,
  executor: Executor,
): Promise<void> {
  clearInterval(expiry);
  const ended = new Promise((resolve) => server.close(resolve));
  await executor.drain();
  // Clients keep their connections open: they end with the answers that are on their way.
  for (const socket of sockets) socket.end();
  const late = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, closeWithinMs);
  await ended;
  clearTimeout(late);
  await executor.drain();
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the server has no port');
  return address.port;
}
