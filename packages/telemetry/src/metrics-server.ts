import { createServer, type RequestListener, type Server } from 'node:http';
import type { Logger } from '@tsmicro/dependency';
import { ConfigError, type ListenOptions, listen } from '@tsmicro/network';
import type { Metrics } from './metrics.ts';

/** An open address that gives the metrics. */
export interface MetricsServer {
  /** As in `http://127.0.0.1:9101/metrics`. */
  readonly url: string;
  close(): Promise<void>;
}

const requestTimeoutMs = 5_000;
const closeGraceMs = 500;
/** Whoever scrapes is one or two; the rest is a mistake. */
const maxConnections = 32;

const answer =
  (metrics: Metrics, logger: Logger): RequestListener =>
  async (request, response) => {
    const path = request.url?.split('?', 1)[0];
    if (path !== '/metrics' || request.method !== 'GET') {
      response.writeHead(path === '/metrics' ? 405 : 404).end();
      return;
    }
    try {
      const text = await metrics.text();
      response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
    } catch (error) {
      logger.error({ err: error }, 'the metrics could not be collected');
      response.writeHead(500).end();
    }
  };

async function closeServer(server: Server): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), closeGraceMs);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(cut);
}

/**
 * Gives the metrics on a port of their own, which no client of the service reaches; a port that is still held is waited for.
 * @throws {ConfigError} when it is still held after 5 s, or the address cannot be listened on
 */
export async function openMetricsServer(
  metrics: Metrics,
  where: ListenOptions,
  logger: Logger,
): Promise<MetricsServer> {
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: 1_000,
    },
    answer(metrics, logger),
  );
  server.maxConnections = maxConnections;
  try {
    const address = await listen(server, where, logger);
    return { url: `${address}/metrics`, close: () => closeServer(server) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      `METRICS_PORT ${where.port} of METRICS_HOST ${where.host} cannot be listened on (${reason}): choose another, or 0 for any free port`,
    );
  }
}
