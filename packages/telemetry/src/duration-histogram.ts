// A histogram in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/), kept by plain
// additions: prom-client checks and joins the labels with every observation, which costs ten times as much.

/** From a cached answer to the longest that any request may take. */
const usualBoundsMs = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000];

/** What a histogram is called and how it is divided. */
export interface HistogramShape {
  name: string;
  help: string;
  /** Two or three. */
  labels: readonly string[];
  /** Upper bounds of the buckets, in milliseconds. @default from 1 to 5000 */
  boundsMs?: readonly number[];
  /** What it shows durations in: Prometheus wants seconds, others have their names already. @default 'seconds' */
  unit?: 'seconds' | 'milliseconds';
}

/** What a label may be; each has few different values. */
export type LabelValue = string | number | undefined;

/** The durations of one combination of labels. */
export class DurationSeries {
  readonly labels: string;
  /** By bound, and beyond the last; not yet summed up. */
  readonly counts: number[];
  sum = 0;
  readonly #boundsMs: readonly number[];
  readonly #msInUnit: number;

  constructor(labels: string, boundsMs: readonly number[], msInUnit: number) {
    this.labels = labels;
    this.counts = new Array(boundsMs.length + 1).fill(0);
    this.#boundsMs = boundsMs;
    this.#msInUnit = msInUnit;
  }

  /** Counts one duration. */
  record(durationMs: number): void {
    const bounds = this.#boundsMs;
    let bucket = 0;
    while (bucket < bounds.length && durationMs > (bounds[bucket] ?? 0)) bucket++;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sum += durationMs / this.#msInUnit;
  }
}

const toText = (value: LabelValue) =>
  String(value ?? 'none')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n');

/** Durations by two or three labels. */
export class DurationHistogram {
  readonly #name: string;
  readonly #help: string;
  readonly #labels: readonly string[];
  readonly #boundsMs: readonly number[];
  readonly #msInUnit: number;
  readonly #series = new Map<LabelValue, Map<LabelValue, Map<LabelValue, DurationSeries>>>();

  constructor({ name, help, labels, boundsMs = usualBoundsMs, unit = 'seconds' }: HistogramShape) {
    this.#name = name;
    this.#help = help;
    this.#labels = labels;
    this.#boundsMs = boundsMs;
    this.#msInUnit = unit === 'seconds' ? 1_000 : 1;
  }

  /** Counts one duration; the values in the order of the labels. */
  record(durationMs: number, first: LabelValue, second: LabelValue, third?: LabelValue): void {
    this.series(first, second, third).record(durationMs);
  }

  /** Where the durations with these labels are counted: for who counts many, and keeps it. */
  series(first: LabelValue, second: LabelValue, third?: LabelValue): DurationSeries {
    return this.#series.get(first)?.get(second)?.get(third) ?? this.#add(first, second, third);
  }

  #add(first: LabelValue, second: LabelValue, third: LabelValue): DurationSeries {
    const bySecond = this.#series.get(first) ?? new Map<LabelValue, Map<LabelValue, DurationSeries>>();
    this.#series.set(first, bySecond);
    const byThird = bySecond.get(second) ?? new Map<LabelValue, DurationSeries>();
    bySecond.set(second, byThird);
    const values = [first, second, third];
    const labels = this.#labels.map((label, index) => `${label}="${toText(values[index])}"`).join(',');
    const series = new DurationSeries(labels, this.#boundsMs, this.#msInUnit);
    byThird.set(third, series);
    return series;
  }

  /** All of it, as a scrape wants it. */
  toText(): string {
    const lines = [`# HELP ${this.#name} ${this.#help}`, `# TYPE ${this.#name} histogram`];
    for (const bySecond of this.#series.values()) {
      for (const byThird of bySecond.values()) {
        for (const series of byThird.values()) lines.push(...this.#linesOf(series));
      }
    }
    return `${lines.join('\n')}\n`;
  }

  #linesOf({ labels, counts, sum }: DurationSeries): string[] {
    let total = 0;
    const buckets = counts.map((count, index) => {
      total += count;
      const boundMs = this.#boundsMs[index];
      const bound = boundMs === undefined ? '+Inf' : boundMs / this.#msInUnit;
      return `${this.#name}_bucket{${labels},le="${bound}"} ${total}`;
    });
    return [...buckets, `${this.#name}_sum{${labels}} ${sum}`, `${this.#name}_count{${labels}} ${total}`];
  }
}
