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
    this.counter(...values).value++;
  }

  /** Counts `amount` at once, such as bytes. */
  add(amount: number, ...values: readonly string[]): void {
    this.counter(...values).value += amount;
  }

  /** The count of these values, for who counts often: it is looked up once, and its `value` raised. */
  counter(...values: readonly string[]): { value: number } {
    const key = values.join(' ');
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const labels = Object.fromEntries(this.#labels.map((label, index) => [label, values[index] ?? '']));
    const counted = { labels, value: 0 };
    this.#counts.set(key, counted);
    return counted;
  }

  /** What was counted so far, for `metrics.collect(tally.metric, () => tally.samples())`. */
  samples(): Iterable<Sample> {
    return this.#counts.values();
  }
}
