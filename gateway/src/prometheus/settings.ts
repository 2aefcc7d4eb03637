import type { Mapping } from '../declaration/mapping.ts';

/** The plugin's `config` in kong.yml: which of Kong's metrics are made; each is false unless it says otherwise. */
export interface PrometheusSettings {
  readonly statusCodes: boolean;
  readonly latencies: boolean;
  readonly bandwidth: boolean;
  readonly upstreamHealth: boolean;
}

/** Reads the `config` of `prometheus`. */
export function parsePrometheusSettings(config: Mapping): PrometheusSettings {
  const settings = {
    statusCodes: config.flag('status_code_metrics') ?? false,
    latencies: config.flag('latency_metrics') ?? false,
    bandwidth: config.flag('bandwidth_metrics') ?? false,
    upstreamHealth: config.flag('upstream_health_metrics') ?? false,
  };
  if (config.flag('per_consumer'))
    config.complain('per_consumer', 'must be false: there are no consumers here');
  if (config.flag('ai_metrics'))
    config.complain('ai_metrics', 'must be false: there are no language models here');
  return settings;
}
