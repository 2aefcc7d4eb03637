import type { Address } from './connect.ts';
import type { HostMap } from './host-map.ts';
import { Target, type TargetOptions } from './target.ts';

/** Opens the targets that a declaration names, where the host map says they live, and closes them all. */
export class TargetBook {
  readonly #hostMap: HostMap;
  readonly #targets: Target[] = [];

  constructor(hostMap: HostMap) {
    this.#hostMap = hostMap;
  }

  /** Where a name and port of a declaration live. */
  addressOf(host: string, port: number): Address {
    return this.#hostMap.get(`${host}:${port}`) ?? { host, port };
  }

  /** A target for the name and port of a declaration; each call makes one with connections of its own. */
  open(host: string, port: number, options: TargetOptions): Target {
    const target = new Target(`${host}:${port}`, this.addressOf(host, port), options);
    this.#targets.push(target);
    return target;
  }

  /** Closes every target. */
  async close(): Promise<void> {
    await Promise.all(this.#targets.map((target) => target.close()));
  }
}
