import type { Mapping } from './mapping.ts';

/** When a target that counts as unhealthy counts as healthy again, and the reverse; 0 never. */
export interface Thresholds {
  readonly successes: number;
  readonly httpFailures: number;
  readonly tcpFailures: number;
  readonly timeouts: number;
  readonly healthyStatuses: ReadonlySet<number>;
  readonly unhealthyStatuses: ReadonlySet<number>;
}

/** Questions to targets beside the requests. */
export interface ActiveChecks extends Thresholds {
  /** `tcp` only connects. */
  readonly type: 'http' | 'tcp';
  readonly path: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly timeoutMs: number;
  /** How many targets are asked at once. */
  readonly concurrency: number;
  /** Between two questions to a healthy target; 0 asks none. */
  readonly healthyIntervalMs: number;
  /** Between two questions to an unhealthy target; 0 asks none. */
  readonly unhealthyIntervalMs: number;
}

/** The `healthchecks` of an upstream. */
export interface HealthChecks {
  readonly active: ActiveChecks;
  readonly passive: Thresholds;
  /** The percentage of the weight that must be healthy for any of it to be used. */
  readonly threshold: number;
}

const maxCount = 255;
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Kong's defaults: what an answer of these statuses says of the target that gave it. */
const usualStatuses = {
  active: { healthy: [200, 302], unhealthy: [429, 404, 500, 501, 502, 503, 504, 505] },
  passive: { healthy: [...range(200, 208), 226, ...range(300, 308)], unhealthy: [429, 500, 503] },
};

function parseThresholds(
  healthy: Mapping,
  unhealthy: Mapping,
  usual: (typeof usualStatuses)['active' | 'passive'],
): Thresholds {
  return {
    successes: healthy.integer('successes', 0, maxCount) ?? 0,
    httpFailures: unhealthy.integer('http_failures', 0, maxCount) ?? 0,
    tcpFailures: unhealthy.integer('tcp_failures', 0, maxCount) ?? 0,
    timeouts: unhealthy.integer('timeouts', 0, maxCount) ?? 0,
    healthyStatuses: new Set(healthy.integers('http_statuses', 100, 999) ?? usual.healthy),
    unhealthyStatuses: new Set(unhealthy.integers('http_statuses', 100, 999) ?? usual.unhealthy),
  };
}

function parseActive(active: Mapping): ActiveChecks {
  const healthy = active.mapping('healthy');
  const unhealthy = active.mapping('unhealthy');
  const headers = active.mapping('headers');
  const checks: ActiveChecks = {
    type: active.choice('type', ['http', 'tcp']) ?? 'http',
    path: active.text('http_path') ?? '/',
    headers: Object.fromEntries(
      headers.fields.map((name) => [name, headers.texts(name).map(({ text }) => text)]),
    ),
    timeoutMs: (active.number('timeout', 0.001, 65_535) ?? 1) * 1_000,
    concurrency: active.integer('concurrency', 1, 1_000) ?? 10,
    healthyIntervalMs: (healthy.number('interval', 0, 65_535) ?? 0) * 1_000,
    unhealthyIntervalMs: (unhealthy.number('interval', 0, 65_535) ?? 0) * 1_000,
    ...parseThresholds(healthy, unhealthy, usualStatuses.active),
  };
  if (!checks.path.startsWith('/')) active.complain('http_path', 'must begin with "/"');
  for (const part of [healthy, unhealthy, headers, active]) part.end();
  return checks;
}

function parsePassive(passive: Mapping): Thresholds {
  const healthy = passive.mapping('healthy');
  const unhealthy = passive.mapping('unhealthy');
  // Which of them makes no difference: what requests meet is counted either way.
  passive.choice('type', ['http', 'tcp']);
  const thresholds = parseThresholds(healthy, unhealthy, usualStatuses.passive);
  for (const part of [healthy, unhealthy, passive]) part.end();
  return thresholds;
}

/** Reads the `healthchecks` of an upstream; the defaults are Kong's: nothing is asked, nothing is counted. */
export function parseHealthChecks(checks: Mapping): HealthChecks {
  const parsed = {
    active: parseActive(checks.mapping('active')),
    passive: parsePassive(checks.mapping('passive')),
    threshold: checks.number('threshold', 0, 100) ?? 0,
  };
  checks.end();
  return parsed;
}

const nothing: Thresholds = {
  successes: 0,
  httpFailures: 0,
  tcpFailures: 0,
  timeouts: 0,
  healthyStatuses: new Set(),
  unhealthyStatuses: new Set(),
};

/** Those of a name without any: nothing is asked, nothing is counted. */
export const noChecks: HealthChecks = {
  active: {
    ...nothing,
    type: 'tcp',
    path: '/',
    headers: {},
    timeoutMs: 1_000,
    concurrency: 1,
    healthyIntervalMs: 0,
    unhealthyIntervalMs: 0,
  },
  passive: nothing,
  threshold: 0,
};
