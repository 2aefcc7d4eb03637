/** One variant under load for a while. */
export interface Run {
  variant: string;
  /** Runs of one round are neighbours in time: ratios are taken inside it. */
  round: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  errors: number;
  /** CPU time of the measured processes, by what they do. */
  cpuUsPerRequest: Readonly<Record<string, number>>;
  /** Cores that processes of others took meanwhile; NaN where that cannot be told. */
  othersCores: number;
}

/** The order of a round: every round begins one further on, so that no variant always follows the same lull. */
export function rotated<T>(variants: readonly T[], round: number): T[] {
  const start = round % Math.max(1, variants.length);
  return [...variants.slice(start), ...variants.slice(0, start)];
}
