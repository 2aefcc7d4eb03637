import type { PluginEntity } from '../declaration/plugin.ts';
import type { Exchange } from '../proxy/exchange.ts';
import type { Plugin, Verdict } from './plugin.ts';

/** The plugins of one route, in the order in which they run. */
export type PluginChain = readonly Plugin[];

/**
 * The chain of a route: `levels` from the widest to the narrowest, where what a narrower one declares replaces the same
 * kind of a wider; `open` gives the plugin of an entity.
 */
export function createChain(
  levels: readonly (readonly PluginEntity[])[],
  open: (entity: PluginEntity) => Plugin,
): PluginChain {
  const byKind = new Map(levels.flat().map((entity) => [entity.kind, entity]));
  return [...byKind.values()]
    .filter(({ enabled }) => enabled)
    .sort((a, b) => b.kind.priority - a.kind.priority)
    .map(open);
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
