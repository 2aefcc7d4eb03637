import type { Exchange } from '../proxy/exchange.ts';
import type { Target } from './target.ts';

/** Chooses the next of several targets, each of which may be asked. */
export type Balancer = (candidates: readonly Target[], exchange: Exchange | undefined) => Target | undefined;

/** Each in its turn, as often as its weight says, and spread out: smooth weighted round-robin, as nginx has it. */
export const roundRobin: Balancer = (candidates) => {
  let total = 0;
  let best: Target | undefined;
  for (const target of candidates) {
    total += target.weight;
    target.turn += target.weight;
    if (best === undefined || target.turn > best.turn) best = target;
  }
  if (best !== undefined) best.turn -= total;
  return best;
};

/** The one with the fewest requests under way for its weight; among equals each in its turn. */
export const leastConnections: Balancer = (candidates, exchange) => {
  const loadOf = ({ inFlight, weight }: Target) => (inFlight + 1) / weight;
  const least = Math.min(...candidates.map(loadOf));
  return roundRobin(
    candidates.filter((target) => loadOf(target) === least),
    exchange,
  );
};

/** FNV-1a with a last mix: spreads what differs in one character, which a plain sum does not. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Rendezvous hashing (Thaler and Ravishankar, 1998): every target draws a number for the key, weighed by its weight, and
 * the highest wins. Who comes or goes moves the keys that are its own, and no other.
 */
export function createConsistentHashing(keyOf: (exchange: Exchange) => string | undefined): Balancer {
  return (candidates, exchange) => {
    const key = exchange === undefined ? undefined : keyOf(exchange);
    if (key === undefined) return roundRobin(candidates, exchange);
    let best: Target | undefined;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (const target of candidates) {
      const draw = (hashOf(`${target.name} ${key}`) + 1) / 4_294_967_297;
      const score = target.weight / -Math.log(draw);
      if (score > bestScore) {
        best = target;
        bestScore = score;
      }
    }
    return best;
  };
}
