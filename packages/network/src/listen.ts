import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { type Logger, untilReady } from '@tsmicro/dependency';

const patienceMs = 5_000;
/** Connections that may wait to be accepted: with node's 511 a burst of them waits for seconds. */
const backlog = 4_096;

/** Where a server listens. */
export interface ListenOptions {
  host: string;
  /** 0 takes any free port. */
  port: number;
}

const isPortBusy = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

/**
 * Lets a server listen; a port that is still held, as by a process that was just killed, is waited for.
 * @returns the address, as in `http://127.0.0.1:8001`
 * @throws when the port is still held after 5 s, or the address cannot be listened on
 */
export function listen(
  server: Server,
  { host, port }: ListenOptions,
  logger?: Pick<Logger, 'info' | 'warn'>,
): Promise<string> {
  const giveUpAt = performance.now() + patienceMs;
  const retry = (error: unknown) => isPortBusy(error) && performance.now() < giveUpAt;
  const attempt = async () => {
    server.listen({ host, port, backlog });
    await once(server, 'listening');
    const { port: taken } = server.address() as AddressInfo;
    return `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
  };
  return untilReady(attempt, { name: `port ${port}`, logger, retry });
}
