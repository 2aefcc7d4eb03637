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
  /** By route, then by status, negative where no service answered: a look at six labels for each request is too dear. */
  readonly #counters = new WeakMap<Told, Map<number, { value: number }>>();
  readonly #wanted = new Set<Part>();
  readonly #upstreams: () => readonly Upstream[];
  #metrics: Metrics | undefined;
  #latencies: { kong: Histogram; upstream: Histogram; request: Histogram } | undefined;

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
    const known = this.#counters.get(told) ?? new Map<number, { value: number }>();
    this.#counters.set(told, known);
    const key = answeredByService ? code : -code;
    const counter = known.get(key) ?? this.#counterOf(told, code, answeredByService);
    known.set(key, counter);
    counter.value++;
  }

  countBytes({ service, name }: Told, direction: 'ingress' | 'egress', bytes: number): void {
    if (bytes > 0) this.#bandwidth.add(bytes, service.name, name, direction, workspace, '');
  }

  recordLatencies({ service, name }: Told, { requestMs, upstreamMs }: Latencies): void {
    if (this.#latencies === undefined) return;
    const { kong, upstream, request } = this.#latencies;
    request.record(requestMs, service.name, name, workspace);
    if (upstreamMs !== undefined) upstream.record(upstreamMs, service.name, name, workspace);
    kong.record(requestMs - (upstreamMs ?? 0), service.name, name, workspace);
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
