// Kong's plugin prometheus: what happened to the requests of a route, beside this gateway's own metrics.
import type { Plugin, PluginKind, Verdict } from '../plugin/plugin.ts';
import type { Closer, Exchange } from '../proxy/exchange.ts';
import { BandwidthMeter } from './bandwidth.ts';
import type { KongMetrics } from './kong-metrics.ts';
import { type PrometheusSettings, parsePrometheusSettings } from './settings.ts';

/** As nginx, and so Kong, calls a client that left before its answer. */
const clientLeft = 499;

class Prometheus implements Plugin, Closer {
  readonly #settings: PrometheusSettings;
  readonly #metrics: KongMetrics;
  readonly #meter = new BandwidthMeter();
  readonly #idle: boolean;

  constructor(settings: PrometheusSettings, metrics: KongMetrics) {
    const { statusCodes, latencies, bandwidth } = settings;
    this.#settings = settings;
    this.#metrics = metrics;
    this.#idle = !statusCodes && !latencies && !bandwidth;
    metrics.want(settings);
  }

  access(exchange: Exchange): Verdict {
    if (!this.#idle) exchange.onClose(this);
    return undefined;
  }

  onExchangeClosed({ request, response, route, upstreamMs, elapsedMs }: Exchange): void {
    if (route === undefined) return;
    const { statusCodes, latencies, bandwidth } = this.#settings;
    if (statusCodes) {
      const code = response.headersSent ? response.statusCode : clientLeft;
      this.#metrics.countRequest(route, code, upstreamMs !== undefined);
    }
    if (latencies) this.#metrics.recordLatencies(route, { requestMs: elapsedMs, upstreamMs });
    if (bandwidth) {
      const { ingress, egress } = this.#meter.take(request.connection);
      this.#metrics.countBytes(route, 'ingress', ingress);
      this.#metrics.countBytes(route, 'egress', egress);
    }
  }
}

/** `prometheus`, for declarations. */
export const prometheusPlugin: PluginKind = {
  name: 'prometheus',
  // In Kong it looks at requests when they are over, whoever ended them; here it must have seen them begin.
  priority: 100_002,
  parse(config) {
    const settings = parsePrometheusSettings(config);
    return ({ kongMetrics }) => new Prometheus(settings, kongMetrics);
  },
};
