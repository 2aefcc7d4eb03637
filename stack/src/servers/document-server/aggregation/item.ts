import type { Input } from './expression.ts';

/** One document on its way through a pipeline. A stage never changes it: it makes another. */
export interface Item extends Input {
  /** The size counted against the limit of a sort in memory. */
  readonly size: number;
}

/** One stage of a pipeline. */
export type Stage = (items: Iterable<Item>) => Iterable<Item>;
