import { type Labels, type Sample, samplesOf } from './exposition.ts';

/** The kinds of operations that are counted by a histogram each. */
export const operationMetrics = {
  'http.server': 'http_server_request_duration_seconds',
  'http.client': 'http_client_request_duration_seconds',
  'nats.server': 'nats_server_request_duration_seconds',
  'nats.client': 'nats_client_request_duration_seconds',
  postgres: 'postgres_operation_duration_seconds',
  mongo: 'mongo_operation_duration_seconds',
  redis: 'redis_operation_duration_seconds',
} as const;
export type OperationKind = keyof typeof operationMetrics;

const histograms = Object.values(operationMetrics);
const counters = [
  'cache_reads_total',
  'kept_answers_total',
  'events_consumed_total',
  'events_published_total',
];
const gauges = [
  'process_resident_memory_bytes',
  'dependency_up',
  'dependency_since_timestamp_seconds',
  'dependency_info',
  'events_waiting',
  'events_oldest_age_seconds',
];
const wanted: ReadonlySet<string> = new Set([
  ...histograms.flatMap((name) => [`${name}_bucket`, `${name}_count`]),
  ...counters,
  ...gauges,
]);

/** What was counted under some labels since the process began. */
export interface Counted {
  readonly metric: string;
  readonly labels: Labels;
  readonly count: number;
  /** Of a histogram: how many took no longer than each bound, and these in milliseconds. */
  readonly upTo: readonly number[];
  readonly boundsMs: readonly number[];
}

/** How something that a process depends on is, as it says. */
export interface Dependency {
  readonly name: string;
  readonly up: boolean;
  /** In milliseconds of the epoch. */
  readonly since: number | undefined;
  readonly address: string | undefined;
}

/** What the metrics of one instance say at one moment. */
export interface Reading {
  readonly counted: ReadonlyMap<string, Counted>;
  readonly dependencies: readonly Dependency[];
  /** By the name of the metric, of those without labels. */
  readonly values: ReadonlyMap<string, number>;
}

interface OpenCounted extends Counted {
  count: number;
  readonly upTo: number[];
  readonly boundsMs: number[];
}

const isCounter = new Set(counters);

function keyOf(metric: string, labels: Labels): string {
  let key = metric;
  for (const name in labels) if (name !== 'le') key += `\0${labels[name]}`;
  return key;
}

function open(counted: Map<string, OpenCounted>, metric: string, labels: Labels): OpenCounted {
  const key = keyOf(metric, labels);
  const known = counted.get(key);
  if (known !== undefined) return known;
  const { le, ...own } = labels;
  const opened = { metric, labels: own, count: 0, upTo: [], boundsMs: [] };
  counted.set(key, opened);
  return opened;
}

function count(counted: Map<string, OpenCounted>, { name, labels, value }: Sample): boolean {
  if (isCounter.has(name)) {
    open(counted, name, labels).count = value;
  } else if (name.endsWith('_count')) {
    open(counted, name.slice(0, -'_count'.length), labels).count = value;
  } else if (name.endsWith('_bucket')) {
    if (labels.le === undefined || labels.le === '+Inf') return true;
    const { upTo, boundsMs } = open(counted, name.slice(0, -'_bucket'.length), labels);
    upTo.push(value);
    boundsMs.push(Number(labels.le) * 1_000);
  } else return false;
  return true;
}

function dependenciesOf(samples: readonly Sample[]): Dependency[] {
  const of = (metric: string, dependency: string | undefined) =>
    samples.find(({ name, labels }) => name === metric && labels.dependency === dependency);
  return samples
    .filter(({ name }) => name === 'dependency_up')
    .map(({ labels: { dependency = '' }, value }) => {
      const since = of('dependency_since_timestamp_seconds', dependency)?.value;
      return {
        name: dependency,
        up: value === 1,
        since: since === undefined ? undefined : since * 1_000,
        address: of('dependency_info', dependency)?.labels.address,
      };
    });
}

/** Reads the metrics of an instance. */
export function readMetrics(text: string): Reading {
  const counted = new Map<string, OpenCounted>();
  const values = new Map<string, number>();
  const told: Sample[] = [];
  for (const sample of samplesOf(text, wanted)) {
    if (count(counted, sample)) continue;
    if (sample.name.startsWith('dependency_')) told.push(sample);
    else values.set(sample.name, sample.value);
  }
  return { counted, dependencies: dependenciesOf(told), values };
}
