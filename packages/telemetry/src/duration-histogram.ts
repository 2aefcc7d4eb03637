// A histogram in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/), kept by plain
// additions: prom-client checks and joins the labels with every observation, which costs ten times as much.

/** In seconds: from a cached answer to the longest that any request may take. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const;

/** What a label may be; each has few different values. */
export type LabelValue = string | number | undefined;

interface Series {
  readonly labels: string;
  /** By bound, and beyond the last; not yet summed up. */
  readonly counts: number[];
  sum: number;
}

const toText = (value: LabelValue) =>
  String(value ?? 'none')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n');

/** Durations in seconds, by two or three labels. */
export class DurationHistogram {
  readonly #name: string;
  readonly #help: string;
  readonly #labels: readonly string[];
  readonly #series = new Map<LabelValue, Map<LabelValue, Map<LabelValue, Series>>>();

  constructor({ name, help, labels }: { name: string; help: string; labels: readonly string[] }) {
    this.#name = name;
    this.#help = help;
    this.#labels = labels;
  }

  /** Counts one duration; the values in the order of the labels. */
  record(durationMs: number, first: LabelValue, second: LabelValue, third?: LabelValue): void {
    const series = this.#series.get(first)?.get(second)?.get(third) ?? this.#add(first, second, third);
    const seconds = durationMs / 1_000;
    let bucket = 0;
    while (bucket < bounds.length && seconds > (bounds[bucket] ?? 0)) bucket++;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += seconds;
  }

  #add(first: LabelValue, second: LabelValue, third: LabelValue): Series {
    const bySecond = this.#series.get(first) ?? new Map<LabelValue, Map<LabelValue, Series>>();
    this.#series.set(first, bySecond);
    const byThird = bySecond.get(second) ?? new Map<LabelValue, Series>();
    bySecond.set(second, byThird);
    const values = [first, second, third];
    const labels = this.#labels.map((label, index) => `${label}="${toText(values[index])}"`).join(',');
    const series: Series = { labels, counts: new Array(bounds.length + 1).fill(0), sum: 0 };
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

  #linesOf({ labels, counts, sum }: Series): string[] {
    let total = 0;
    const buckets = counts.map((count, index) => {
      total += count;
      return `${this.#name}_bucket{${labels},le="${bounds[index] ?? '+Inf'}"} ${total}`;
    });
    return [...buckets, `${this.#name}_sum{${labels}} ${sum}`, `${this.#name}_count{${labels}} ${total}`];
  }
}
