import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { DurationHistogram, type HistogramShape } from './duration-histogram.ts';
import { observeOperations } from './operation-metrics.ts';

/** How long whoever is served waits for a scrape. */
const longestAtOnceMs = 0.5;

/** One value of a metric; the labels are those that the metric declares. */
export interface Sample {
  labels?: Readonly<Record<string, string>>;
  value: number;
}

/** A metric whose values are read when somebody asks. */
export interface CollectedMetric {
  /** As Prometheus wants it: `nats_pending_requests`, counters with `_total` at the end. */
  name: string;
  help: string;
  /** @default 'gauge' */
  type?: 'gauge' | 'counter';
  /** Each of few different values. */
  labels?: readonly string[];
}

/** The figures of one process, in a registry of its own: operations of all kinds, and what was added by {@link collect}. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #histograms: DurationHistogram[] = [];
  readonly #stopObserving: () => void;

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    this.#stopObserving = observeOperations(this);
  }

  /** Adds a metric; `read` is called with each scrape. Counters give what they have counted so far. */
  collect({ name, help, type = 'gauge', labels = [] }: CollectedMetric, read: () => Iterable<Sample>): void {
    const shape = { name, help, labelNames: [...labels], registers: [this.#registry] };
    if (type === 'counter') {
      new Counter({
        ...shape,
        collect() {
          this.reset();
          for (const { labels = {}, value } of read()) this.inc(labels, value);
        },
      });
    } else {
      new Gauge({
        ...shape,
        collect() {
          this.reset();
          for (const { labels = {}, value } of read()) this.set(labels, value);
        },
      });
    }
  }

  /** Adds a histogram of durations, for what is too frequent to be asked for. */
  addHistogram(shape: HistogramShape): DurationHistogram {
    const histogram = new DurationHistogram(shape);
    this.#histograms.push(histogram);
    return histogram;
  }

  /**
   * In Prometheus' text format; see {@link contentType}. All of it takes milliseconds: now and then it gives way to what
   * else is to be done, so that no request waits for a scrape.
   */
  async text(): Promise<string> {
    const parts: string[] = [];
    let since = performance.now();
    for (const { name } of this.#registry.getMetricsAsArray()) {
      // Closed meanwhile.
      if (this.#registry.getSingleMetric(name) === undefined) break;
      parts.push(`${await this.#registry.getSingleMetricAsString(name)}\n`);
      if (performance.now() - since < longestAtOnceMs) continue;
      await setImmediate();
      since = performance.now();
    }
    return [...parts, ...this.#histograms.map((histogram) => histogram.toText())].join('\n');
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Stops watching operations. Safe to call twice. */
  close(): void {
    this.#stopObserving();
    this.#registry.clear();
  }
}
