// Who may say on whose behalf he asks: a load balancer in front of the gateway, the sites behind it. As Kong does with
// trusted_ips and real_ip_recursive (https://nginx.org/en/docs/http/ngx_http_realip_module.html).
import { BlockList, isIP } from 'node:net';
import { ConfigError } from '@tsmicro/network';

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** What a request says of where it came from, by the lower-case name of a header. */
interface Claims {
  header(name: string): string | undefined;
}

/** The neighbours whose word counts. */
export class TrustedPeers {
  readonly #list = new BlockList();
  readonly #some: boolean;

  /**
   * Addresses and networks, separated by commas, as in `10.0.0.0/8,::1`; none when it is empty.
   * @throws {ConfigError} naming what is neither
   */
  constructor(text: string) {
    const entries = text.split(',').flatMap((entry) => entry.trim() || []);
    const wrong = entries.filter((entry) => !this.#add(entry));
    if (wrong.length > 0) {
      throw new ConfigError(
        `TRUSTED_IPS must be addresses or networks as in 10.0.0.0/8,::1; wrong is ${wrong.join(', ')}`,
      );
    }
    this.#some = entries.length > 0;
  }

  /** The client of a request that came from `peer`: the last address that a peer names who is not one himself. */
  clientOf(peer: string, claims: Claims): string {
    if (!this.#trusts(peer)) return peer;
    const named = (claims.header('x-forwarded-for') ?? '').split(',').map((address) => address.trim());
    let client = peer;
    for (const address of named.reverse()) {
      if (isIP(address) === 0) break;
      client = address;
      if (!this.#trusts(client)) break;
    }
    return client;
  }

  /** What the client speaks, as far as a peer knows. */
  protocolOf(peer: string, claims: Claims): 'http' | 'https' {
    return this.#trusts(peer) && claims.header('x-forwarded-proto') === 'https' ? 'https' : 'http';
  }

  #trusts(address: string): boolean {
    return this.#some && isIP(address) !== 0 && this.#list.check(address, familyOf(address));
  }

  #add(entry: string): boolean {
    const [address = '', prefix, more] = entry.split('/');
    const family = familyOf(address);
    if (isIP(address) === 0 || more !== undefined) return false;
    if (prefix === undefined) this.#list.addAddress(address, family);
    else if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > (family === 'ipv6' ? 128 : 32)) return false;
    else this.#list.addSubnet(address, Number(prefix), family);
    return true;
  }
}

/** Nobody's word counts. */
export const noPeers = new TrustedPeers('');
