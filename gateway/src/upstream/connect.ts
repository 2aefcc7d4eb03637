import { connect, type Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { ConnectTimeoutError } from './errors.ts';

/** Where something listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

const probeAfterMs = 10_000;

/**
 * Opens connections to `address` for an undici pool, whatever name the pool has for it. undici's own connector counts its time-out in ticks of half a second, so
 * that 1 s may become 2; this one keeps to the millisecond.
 */
export function createConnector(address: Address, timeoutMs: number): buildConnector.connector {
  return (_options, callback) => {
    const socket: Socket = connect({
      ...address,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: probeAfterMs,
    });
    const timer = setTimeout(() => socket.destroy(new ConnectTimeoutError(address, timeoutMs)), timeoutMs);
    const onError = (error: Error) => {
      clearTimeout(timer);
      callback(error, null);
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      callback(null, socket);
    });
  };
}
