import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';

/**
 * Waits until the server has taken all that was sent so far, and all that it had sent before has arrived here.
 * @returns false when the connection broke or `timeoutMs` passed
 */
export async function flushWithin(connection: NatsConnection, timeoutMs: number): Promise<boolean> {
  const late = new AbortController();
  const flushed = connection.flush().then(
    () => true,
    () => false,
  );
  const timeout = sleep(timeoutMs, false, { signal: late.signal }).catch(() => false);
  const done = await Promise.race([flushed, timeout]);
  late.abort();
  return done;
}
