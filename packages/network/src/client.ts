// Who a client is, when proxies stand between: the nearest one has written the last address of `x-forwarded-for`, and what
// stands before it is what the client claims (https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/X-Forwarded-For).
import { BlockList, isIP, SocketAddress } from 'node:net';
import type { HttpRequest } from './guard.ts';

/** Where our own proxies are: loopback, link-local, private (RFC 1918, RFC 4193) and shared (RFC 6598) addresses. */
const inside = new BlockList();
for (const [network, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const) {
  inside.addSubnet(network, prefix, 'ipv4');
}
inside.addAddress('::1', 'ipv6');
inside.addSubnet('fc00::', 7, 'ipv6');
inside.addSubnet('fe80::', 10, 'ipv6');

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Without a zone, and an IPv4 address as such where a dual-stack socket shows it as one of IPv6. */
function plainAddress(address: string): string {
  const [bare = ''] = address.trim().split('%', 1);
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(bare) ? bare.slice(7) : bare;
}

const groupsOf = (text: string | undefined) => (text ? text.split(':') : []);

/** The first half of an IPv6 address, which one client holds all of (RFC 6177). */
function networkOf(address: string): string {
  const [before, behind] = new SocketAddress({ address, family: 'ipv6' }).address.split('::');
  const [head, tail] = [groupsOf(before), groupsOf(behind)];
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  return `${[...head, ...zeros, ...tail].slice(0, 4).join(':')}::/64`;
}

/**
 * The address of the client behind our own proxies: the peer's, unless the peer is one of our own network: then what that
 * one wrote into `x-forwarded-for`, the last address there. Nothing else that a header says has any weight.
 */
export function clientAddressOf({ ip, headers }: Pick<HttpRequest, 'ip' | 'headers'>): string {
  const peer = plainAddress(ip);
  const forwarded = headers['x-forwarded-for'];
  if (forwarded === undefined || isIP(peer) === 0 || !inside.check(peer, familyOf(peer))) return peer;
  const last = plainAddress(String(forwarded).split(',').at(-1) ?? '');
  return isIP(last) === 0 ? peer : last;
}

/** The client that a request counts under, for limits: its IPv4 address, or the /64 network of its IPv6 address. */
export function clientOf(request: Pick<HttpRequest, 'ip' | 'headers'>): string {
  const client = clientAddressOf(request);
  return isIP(client) === 6 ? networkOf(client) : client;
}
