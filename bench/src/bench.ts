import type { Table } from './measure/table.ts';

/** How a part of the bench is run. */
export interface BenchOptions {
  rounds: number;
  /** How long each run lasts. */
  seconds: number;
  /** How many a part sends that counts requests instead of time. */
  requests: number;
  /** Only these variants; all without it. */
  only?: readonly string[] | undefined;
  /** Where the measured processes write their CPU profiles; without it there are none. */
  profileDir?: string | undefined;
  /** Told what is going on. */
  say: (line: string) => void;
}

/** Measures something, and gives what it found. */
export type Bench = (options: BenchOptions) => Promise<Table[]>;

/** The variants asked for, which is all of them without names. @throws when none of the names is here */
export function chosen<V extends { variant: string }>(
  variants: readonly V[],
  only: readonly string[] | undefined,
): V[] {
  const found = variants.filter(({ variant }) => only?.includes(variant) ?? true);
  if (found.length > 0) return found;
  const names = variants.map(({ variant }) => variant).join(', ');
  throw new Error(`${only?.join(', ')} is none of the variants here: ${names}`);
}
