import type { Exchange } from './exchange.ts';

/**
 * Who is at the other end of the connection, whatever its headers claim. An IPv4 client of a dual-stack socket is shown
 * as the IPv4 address that it is.
 */
export function clientAddress({ request }: Exchange): string {
  const { remoteAddress = 'unknown' } = request.socket;
  return remoteAddress.startsWith('::ffff:') ? remoteAddress.slice(7) : remoteAddress;
}
