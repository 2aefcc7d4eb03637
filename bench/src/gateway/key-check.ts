import type { Table } from '../measure/table.ts';

/** A cached key is good for 10 s less up to a tenth, as kong.yml has it. */
const cachedSec = 9;

/** Requests with one key, and how often somebody was asked about it meanwhile. */
export interface Turn {
  readonly variant: string;
  readonly requests: number;
  readonly seconds: number;
  readonly checks: number;
}

/** How often a key may be checked in a turn: at its beginning, and whenever the cache has forgotten it. */
export const checksExpected = (seconds: number) => 1 + Math.floor(seconds / cachedSec);

/** How many requests it took for one check of the key, and whether any check was one too many. */
export function keyChecks(turns: readonly Turn[]): Table {
  const rows = [...new Set(turns.map(({ variant }) => variant))].map((variant) => {
    const own = turns.filter((turn) => turn.variant === variant);
    const sum = (figure: (turn: Turn) => number) => own.reduce((total, turn) => total + figure(turn), 0);
    const needless = sum(({ checks, seconds }) => Math.max(0, checks - checksExpected(seconds)));
    return [variant, sum(({ requests }) => requests), own.length, sum(({ checks }) => checks), needless];
  });
  return {
    title: 'Questions about the API key',
    heads: ['variant', 'requests', 'turns', 'questions', 'of them on a cache hit'],
    rows: rows.map((row) => row.map(String)),
  };
}
