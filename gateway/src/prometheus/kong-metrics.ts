// Kong's metrics under Kong's names, https://docs.konghq.com/hub/kong-inc/prometheus/#available-metrics, so that what
// reads them of a Kong reads them of this gateway too. There is one workspace here, "default", and no consumer.
import { type Metrics, Tally } from '@tsmicro/telemetry';
import type { Upstream } from '../upstream/upstream.ts';
import type { PrometheusSettings } from './settings.ts';
import { targetHealthMetric, toTargetHealth } from './target-health.ts';

const workspace = 'default';
const upstreamBoundsMs = [25, 50, 80, 100, 250, 400, 700, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000];
const kongBoundsMs = [1, 2, 5, 7, 10, 15, 20, 30, 50, 75, 100, 200, 500, 750, 1_000, 3_000, 6_000];

type Histogram = ReturnType<Metrics['addHistogram']>;
type Series = ReturnType<Histogram['series']>;
type Part = keyof PrometheusSettings;

/** The route that something is told of. */
export interface Told {
  readonly name: string;
  readonly service: { readonly name: string };
}

/** How long a request took, in milliseconds: in all, until the service's first byte, and the rest of it, here. */
export interface Latencies {
  readonly requestMs: number;
  /** Undefined where no service answered. */
  readonly upstreamMs: number | undefined;
}

interface Histograms {
  readonly kong: Histogram;
  readonly upstream: Histogram;
  readonly request: Histogram;
}

const seriesOf = ({ service, name }: Told, { kong, upstream, request }: Histograms) => ({
  kong: kong.series(service.name, name, workspace),
  upstream: upstream.series(service.name, name, workspace),
  request: request.series(service.name, name, workspace),
});

/** Where a route is counted: to look at all its labels for each request is too dear. */
interface Figures {
  /** By status, negative where no service answered. */
  readonly requests: Map<number, { value: number }>;
  /** Undefined until latencies are wanted. */
  latencies: { readonly kong: Series; readonly upstream: Series; readonly request: Series } | undefined;
}

/** The figures of all instances of the plugin; a metric is shown from when the first of them wants it. */
export class KongMetrics {
  readonly #requests = new Tally({
    name: 'kong_http_requests_total',
    help: 'HTTP status codes per consumer/service/route in Kong',
    labels: ['service', 'route', 'code', 'source', 'workspace', 'consumer'],
  });
  readonly #bandwidth = new Tally({
    name: 'kong_bandwidth_bytes',
    help: 'Total bandwidth (ingress/egress) throughput in bytes',
    labels: ['service', 'route', 'direction', 'workspace', 'consumer'],
  });
  readonly #figures = new WeakMap<Told, Figures>();
  readonly #wanted = new Set<Part>();
  readonly #upstreams: () => readonly Upstream[];
  #metrics: Metrics | undefined;
  #latencies: Histograms | undefined;

  /** `upstreams` gives those whose targets are to be shown. */
  constructor(upstreams: () => readonly Upstream[]) {
    this.#upstreams = upstreams;
  }

  /** Says what is to be shown; what was wanted once stays. */
  want(settings: PrometheusSettings): void {
    const parts: Part[] = ['statusCodes', 'latencies', 'bandwidth', 'upstreamHealth'];
    for (const part of parts) {
      if (!settings[part] || this.#wanted.has(part)) continue;
      this.#wanted.add(part);
      if (this.#metrics !== undefined) this.#register(part, this.#metrics);
    }
  }

  /** Shows what is wanted, now and later. */
  show(metrics: Metrics): void {
    this.#metrics = metrics;
    for (const part of this.#wanted) this.#register(part, metrics);
  }

  countRequest(told: Told, code: number, answeredByService: boolean): void {
    const { requests } = this.#figuresOf(told);
    const key = answeredByService ? code : -code;
    let counter = requests.get(key);
    if (counter === undefined) {
      counter = this.#counterOf(told, code, answeredByService);
      requests.set(key, counter);
    }
    counter.value++;
  }

  countBytes({ service, name }: Told, direction: 'ingress' | 'egress', bytes: number): void {
    if (bytes > 0) this.#bandwidth.add(bytes, service.name, name, direction, workspace, '');
  }

  recordLatencies(told: Told, { requestMs, upstreamMs }: Latencies): void {
    if (this.#latencies === undefined) return;
    const figures = this.#figuresOf(told);
    figures.latencies ??= seriesOf(told, this.#latencies);
    const { kong, upstream, request } = figures.latencies;
    request.record(requestMs);
    if (upstreamMs !== undefined) upstream.record(upstreamMs);
    kong.record(requestMs - (upstreamMs ?? 0));
  }

  #figuresOf(told: Told): Figures {
    let figures = this.#figures.get(told);
    if (figures === undefined) {
      figures = { requests: new Map(), latencies: undefined };
      this.#figures.set(told, figures);
    }
    return figures;
  }

  #counterOf({ service, name }: Told, code: number, answeredByService: boolean): { value: number } {
    const source = answeredByService ? 'service' : 'kong';
    return this.#requests.counter(service.name, name, String(code), source, workspace, '');
  }

  #register(part: Part, metrics: Metrics): void {
    if (part === 'statusCodes') metrics.collect(this.#requests.metric, () => this.#requests.samples());
    if (part === 'bandwidth') metrics.collect(this.#bandwidth.metric, () => this.#bandwidth.samples());
    if (part === 'upstreamHealth') {
      metrics.collect(targetHealthMetric, () => toTargetHealth(this.#upstreams()));
    }
    if (part !== 'latencies') return;
    const add = (name: string, help: string, boundsMs: readonly number[]) =>
      metrics.addHistogram({
        name: `kong_${name}_latency_ms`,
        help: `${help} for each service/route in Kong`,
        labels: ['service', 'route', 'workspace'],
        boundsMs,
        unit: 'milliseconds',
      });
    this.#latencies = {
      kong: add('kong', 'Latency added by Kong and enabled plugins', kongBoundsMs),
      upstream: add('upstream', 'Latency added by upstream response', upstreamBoundsMs),
      request: add('request', 'Total latency incurred during requests', upstreamBoundsMs),
    };
  }
}
