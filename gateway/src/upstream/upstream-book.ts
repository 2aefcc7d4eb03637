import type { Declaration } from '../declaration/declaration.ts';
import { noChecks } from '../declaration/health-checks.ts';
import type { UpstreamEntity } from '../declaration/upstream.ts';
import type { Address } from './address.ts';
import { Backend } from './backend.ts';
import type { PoolOptions } from './target-pool.ts';
import { Upstream, type UpstreamContext } from './upstream.ts';

/** The part of a declaration that says what stands behind which name. */
export type Names = Pick<Declaration, 'services' | 'upstreams'>;

const noHash = { source: 'none', name: '' } as const;

/** A host and port that are no upstream's name: one target, or the instances of the service that it is tagged with. */
function plainUpstream(host: string, port: number, discovered: string | undefined): UpstreamEntity {
  return {
    name: `${host}:${port}`,
    algorithm: 'round-robin',
    hashOn: noHash,
    hashFallback: noHash,
    cookiePath: '/',
    hostHeader: undefined,
    checks: noChecks,
    targets: [{ host, port, weight: 100 }],
    discovered,
  };
}

/** What a name means, as text: the same for two declarations that mean the same by every name. */
function fingerprintOf({ services, upstreams }: Names): string {
  const tagged = services.flatMap(({ host, port, discovered }) =>
    discovered === undefined ? [] : [`${host}:${port} ${discovered}`],
  );
  const plain = (_key: string, value: unknown) => (value instanceof Set ? [...value] : value);
  return JSON.stringify([[...new Set(tagged)].sort(), upstreams], plain);
}

/** Opens what stands behind the names of a declaration. */
export class UpstreamBook {
  /** Two books with the same one open the same. */
  readonly fingerprint: string;
  readonly #names: Names;
  readonly #context: UpstreamContext;
  readonly #upstreams = new Map<string, Upstream>();

  constructor(names: Names, context: UpstreamContext) {
    this.#names = names;
    this.#context = context;
    this.fingerprint = fingerprintOf(names);
  }

  /** Connections of their own to what stands behind a host and port of the declaration; whoever opens them closes them. */
  open(host: string, port: number, options: PoolOptions): Backend {
    const entity = this.#find(host, port);
    const upstream = this.#upstreams.get(entity.name) ?? new Upstream(entity, this.#context);
    this.#upstreams.set(entity.name, upstream);
    return new Backend(upstream, options);
  }

  /** Where a name and port live that are no service's. */
  addressOf(host: string, port: number): Address {
    return this.#context.addressOf(host, port);
  }

  /** Those that were asked for so far. */
  get upstreams(): readonly Upstream[] {
    return [...this.#upstreams.values()];
  }

  /** Ends the checks of all of them. */
  close(): void {
    for (const upstream of this.#upstreams.values()) upstream.close();
  }

  #find(host: string, port: number): UpstreamEntity {
    const { services, upstreams } = this.#names;
    const named = upstreams.find(({ name }) => name === host);
    if (named !== undefined) return named;
    // A target of discovered instances is one of them, wherever they are now.
    const lent = upstreams.find(
      ({ discovered, targets }) =>
        discovered !== undefined && targets.some((target) => target.host === host && target.port === port),
    );
    if (lent !== undefined) return lent;
    const tagged = services.find(
      (service) => service.host === host && service.port === port && service.discovered,
    );
    return plainUpstream(host, port, tagged?.discovered);
  }
}
