import type { LabelValue } from './duration-histogram.ts';
import type { Metrics } from './metrics.ts';
import { channelOf, databases, outcomeOf, type SeenOperation } from './operation-kind.ts';

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

const methodOf = ({ method = '' }: SeenOperation) => (methods.has(method) ? method : 'other');

type Values = readonly [LabelValue, LabelValue, LabelValue?];

/** One kind of operation: its channel, its metric, and the labels of one that has ended. */
interface Kind {
  channel: string;
  metric: string;
  what: string;
  labels: readonly string[];
  valuesOf: (operation: SeenOperation) => Values;
}

const kinds: readonly Kind[] = [
  {
    channel: 'http.server',
    metric: 'http_server_request',
    what: 'HTTP requests answered',
    labels: ['method', 'route', 'status'],
    valuesOf: (operation) => [methodOf(operation), operation.name, operation.status],
  },
  {
    channel: 'http.client',
    metric: 'http_client_request',
    what: 'HTTP requests sent to services',
    labels: ['service', 'status'],
    valuesOf: (operation) => [operation.name, operation.status],
  },
  {
    channel: 'nats.server',
    metric: 'nats_server_request',
    what: 'NATS requests answered',
    labels: ['subject', 'status'],
    valuesOf: (operation) => [operation.name, operation.status],
  },
  {
    channel: 'nats.client',
    metric: 'nats_client_request',
    what: 'NATS requests sent',
    labels: ['subject', 'status'],
    valuesOf: (operation) => [operation.name, operation.status],
  },
  ...Object.keys(databases).map((database) => ({
    channel: database,
    metric: `${database}_operation`,
    what: `operations of ${database}`,
    labels: ['operation', 'outcome'],
    valuesOf: (operation: SeenOperation): Values => [operation.name, outcomeOf(operation)],
  })),
];

/** Makes the metrics of every kind of operation, and keeps them as operations end. @returns what ends that */
export function observeOperations(metrics: Metrics): () => void {
  const ends = kinds.map((kind) => observeKind(metrics, kind));
  return () => {
    for (const end of ends) end();
  };
}

function observeKind(metrics: Metrics, { channel, metric, what, labels, valuesOf }: Kind): () => void {
  const name = `${metric}_duration_seconds`;
  const durations = metrics.addHistogram({ name, help: `Durations of ${what}`, labels });
  let active = 0;
  metrics.collect({ name: `${metric}s_active`, help: `${what}: under way now` }, () => [{ value: active }]);
  return channelOf(channel).subscribe({
    onStart: () => {
      active++;
    },
    onEnd: (operation) => {
      // One that began before this was subscribed was not counted in.
      active = Math.max(0, active - 1);
      durations.record(operation.durationMs ?? 0, ...valuesOf(operation));
    },
  });
}
