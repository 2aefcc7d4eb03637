import type { HostMap } from './host-map.ts';
import { Target, type TargetOptions } from './target.ts';

/** Opens the targets that a declaration names, where the host map says they live, and closes them all. */
export class TargetBook {
  readonly #hostMap: HostMap;
  readonly #targets: Target[] = [];

  constructor(hostMap: HostMap) {
    this.#hostMap = hostMap;
  }

  /** A target for the name and port of a declaration; each call makes one with connections of its own. */
  open(host: string, port: number, options: TargetOptions): Target {
    const name = `${host}:${port}`;
    const target = new Target(name, this.#hostMap.get(name) ?? { host, port }, options);
    this.#targets.push(target);
    return target;
  }

  /** Closes every target. */
  async close(): Promise<void> {
    await Promise.all(this.#targets.map((target) => target.close()));
  }
}
