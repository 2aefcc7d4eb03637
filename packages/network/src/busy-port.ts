import { type Logger, untilReady } from '@tsmicro/dependency';

const patienceMs = 5_000;

const isPortBusy = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

/**
 * Listens by `listen`; a port that is still held, as by a process that was just killed, is waited for.
 * @throws what `listen` throws, a held port only after 5 s
 */
export function whenPortFree<T>(
  port: number,
  listen: () => Promise<T>,
  logger?: Pick<Logger, 'info' | 'warn'>,
): Promise<T> {
  const giveUpAt = performance.now() + patienceMs;
  const retry = (error: unknown) => isPortBusy(error) && performance.now() < giveUpAt;
  return untilReady(listen, { name: `port ${port}`, logger, retry });
}
