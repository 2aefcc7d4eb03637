import type { Figures } from '../watch/snapshot.ts';

/** By which figure rows stand, largest first; by name, where they keep their places, unless asked. */
export const orders = ['name', 'rate', 'errors', 'p50', 'p95', 'p99'] as const;
export type Order = (typeof orders)[number];

/** The order that a query asks for; what it does not know is the order by name. */
export const orderOf = (query: URLSearchParams): Order =>
  orders.find((order) => order === query.get('sort')) ?? 'name';

const figureOf: Readonly<Record<Exclude<Order, 'name'>, (figures: Figures) => number | undefined>> = {
  rate: ({ perSec }) => perSec,
  errors: ({ errorsPerSec }) => errorsPerSec,
  p50: ({ p50Ms }) => p50Ms,
  p95: ({ p95Ms }) => p95Ms,
  p99: ({ p99Ms }) => p99Ms,
};

/** Figures in an order; those that are equal stand by name. */
export function sorted<T extends Figures>(
  figures: readonly T[],
  order: Order,
  name: (one: T) => string,
): T[] {
  const byName = figures.toSorted((a, b) => name(a).localeCompare(name(b)));
  if (order === 'name') return byName;
  const value = figureOf[order];
  return byName.sort((a, b) => (value(b) ?? -1) - (value(a) ?? -1));
}
