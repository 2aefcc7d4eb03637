import type { CollectedMetric, Sample } from './metrics.ts';

/** Counts by labels, without a registry to know of: for code that does not care whether anybody looks. */
export class Tally {
  readonly metric: CollectedMetric;
  readonly #labels: readonly string[];
  readonly #counts = new Map<string, { labels: Record<string, string>; value: number }>();

  /** `name` ends with `_total`; each label has few different values. */
  constructor(metric: { name: string; help: string; labels: readonly string[] }) {
    this.metric = { ...metric, type: 'counter' };
    this.#labels = metric.labels;
  }

  /** Counts one; the values in the order of the labels. */
  count(...values: readonly string[]): void {
    this.add(1, ...values);
  }

  /** Counts `amount` at once, such as bytes. */
  add(amount: number, ...values: readonly string[]): void {
    const key = values.join(' ');
    const counted = this.#counts.get(key);
    if (counted !== undefined) counted.value += amount;
    else {
      const labels = Object.fromEntries(this.#labels.map((label, index) => [label, values[index] ?? '']));
      this.#counts.set(key, { labels, value: amount });
    }
  }

  /** What was counted so far, for `metrics.collect(tally.metric, () => tally.samples())`. */
  samples(): Iterable<Sample> {
    return this.#counts.values();
  }
}
