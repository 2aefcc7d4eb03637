import type { Tally } from '@tsmicro/telemetry';
import type { Logger } from 'pino';
import type { Revocations } from './apikey/revocations.ts';
import type { Declaration } from './declaration/declaration.ts';
import type { PluginEntity } from './declaration/plugin.ts';
import type { ServiceEntity } from './declaration/service.ts';
import { createDocs, type OpenDocs } from './docs/module.ts';
import { createChain, type PluginChain } from './plugin/chain.ts';
import type { Plugin } from './plugin/plugin.ts';
import type { KongMetrics } from './prometheus/kong-metrics.ts';
import type { ProxiedRoute } from './proxy/proxied-route.ts';
import type { Counting } from './rate-limiting/counting.ts';
import { Router } from './routing/router.ts';
import type { Backend } from './upstream/backend.ts';
import type { Upstream, UpstreamContext } from './upstream/upstream.ts';
import { UpstreamBook } from './upstream/upstream-book.ts';

/** What every edition is built with. */
export interface EditionContext extends UpstreamContext {
  readonly logger: Logger;
  readonly decisions: Tally;
  readonly revocations: Revocations;
  readonly docs: boolean;
  readonly rateLimit: boolean;
  readonly counting: Counting;
  readonly kongMetrics: KongMetrics;
  /** What sees every request before the plugins of its route do. */
  readonly first: readonly Plugin[];
}

/** What one edition leaves to the next. */
interface Legacy {
  readonly book: UpstreamBook;
  readonly backends: ReadonlyMap<string, Backend>;
  readonly plugins: ReadonlyMap<string, Plugin>;
}

function without<T>(mine: ReadonlyMap<string, T>, theirs: ReadonlyMap<string, T> | undefined): T[] {
  return [...mine].filter(([key, thing]) => theirs?.get(key) !== thing).map(([, thing]) => thing);
}

/**
 * A gateway as one declaration wants it. What the next declaration wants in the same words it takes over: connections,
 * and what plugins know, such as API keys.
 */
export class Edition {
  readonly router: Router<ProxiedRoute>;
  readonly docs: OpenDocs | undefined;
  readonly #book: UpstreamBook;
  readonly #context: EditionContext;
  readonly #backends = new Map<string, Backend>();
  readonly #plugins = new Map<string, Plugin>();

  constructor(declaration: Declaration, context: EditionContext, before?: Edition) {
    this.#context = context;
    const book = new UpstreamBook(declaration, context);
    // Where a name means something else now, what was built on it means something else too.
    const legacy = before?.legacy(book.fingerprint) ?? { book, backends: new Map(), plugins: new Map() };
    this.#book = legacy.book;
    this.router = new Router(this.#toRoutes(declaration, legacy));
    this.docs = context.docs ? createDocs(declaration, this.#book) : undefined;
  }

  /** What stands behind the names that are asked for. */
  get upstreams(): readonly Upstream[] {
    return this.#book.upstreams;
  }

  /** What an edition may take over whose names mean what `fingerprint` says; undefined when they mean else here. */
  legacy(fingerprint: string): Legacy | undefined {
    if (fingerprint !== this.#book.fingerprint) return undefined;
    return { book: this.#book, backends: this.#backends, plugins: this.#plugins };
  }

  /** Closes everything that `next`, if there is one, has not taken over. */
  async close(next?: Edition): Promise<void> {
    const kept = next?.legacy(this.#book.fingerprint);
    const backends = without(this.#backends, kept?.backends);
    const plugins = without(this.#plugins, kept?.plugins);
    await Promise.all([
      ...plugins.map((plugin) => plugin.close?.()),
      ...backends.map((backend) => (next === undefined ? backend.close() : backend.retire())),
      this.docs?.close(),
    ]);
    if (kept?.book !== this.#book) this.#book.close();
  }

  #toRoutes({ services, plugins }: Declaration, legacy: Legacy): ProxiedRoute[] {
    return services.flatMap((entity) => {
      const service = { ...entity, backend: this.#backendOf(entity, legacy) };
      return entity.routes.map((route) => ({
        ...route,
        service,
        plugins: this.#chainOf([plugins, entity.plugins, route.plugins], legacy),
      }));
    });
  }

  #backendOf({ name, host, port, connectTimeoutMs }: ServiceEntity, legacy: Legacy): Backend {
    const key = JSON.stringify([name, host, port, connectTimeoutMs]);
    const backend = legacy.backends.get(key) ?? this.#book.open(host, port, { connectTimeoutMs });
    this.#backends.set(key, backend);
    return backend;
  }

  #chainOf(levels: readonly (readonly PluginEntity[])[], legacy: Legacy): PluginChain {
    const declared = createChain(levels, (entity) => {
      const known = this.#plugins.get(entity.fingerprint) ?? legacy.plugins.get(entity.fingerprint);
      const plugin = known ?? entity.create({ ...this.#context, targets: this.#book });
      this.#plugins.set(entity.fingerprint, plugin);
      return plugin;
    });
    return [...this.#context.first, ...declared];
  }
}
