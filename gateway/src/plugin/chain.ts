import type { PluginEntity } from '../declaration/plugin.ts';
import type { Exchange } from '../proxy/exchange.ts';
import type { Plugin, PluginResources, Verdict } from './plugin.ts';

/** The plugins of one route, in the order in which they run. */
export type PluginChain = readonly Plugin[];

/** Builds the chains of routes, one instance for each declared plugin. */
export class ChainBuilder {
  readonly #resources: PluginResources;
  readonly #built = new Map<PluginEntity, Plugin>();

  constructor(resources: PluginResources) {
    this.#resources = resources;
  }

  /** `levels` from the widest to the narrowest: what a narrower one declares replaces the same kind of a wider. */
  build(levels: readonly (readonly PluginEntity[])[]): PluginChain {
    const byKind = new Map(levels.flat().map((entity) => [entity.kind, entity]));
    return [...byKind.values()]
      .filter(({ enabled }) => enabled)
      .sort((a, b) => b.kind.priority - a.kind.priority)
      .map((entity) => this.#instanceOf(entity));
  }

  #instanceOf(entity: PluginEntity): Plugin {
    const plugin = this.#built.get(entity) ?? entity.create(this.#resources);
    this.#built.set(entity, plugin);
    return plugin;
  }
}

/** Runs a chain until a plugin answers; without a promise as long as no plugin needs one. */
export function runChain(chain: PluginChain, exchange: Exchange, from = 0): Verdict | Promise<Verdict> {
  for (let index = from; index < chain.length; index++) {
    const verdict = chain[index]?.access(exchange);
    if (verdict instanceof Promise) {
      return verdict.then((answer) => answer ?? runChain(chain, exchange, index + 1));
    }
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}
