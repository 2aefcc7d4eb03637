import type { EventConsumerFigures, EventDefinition, EventRelay, Router } from '@tsmicro/micro';
import type { Metrics, Sample } from '@tsmicro/telemetry';

/** The part of a consumer of events that is shown. */
export interface ShownConsumer {
  readonly events: readonly EventDefinition[];
  readonly figures: EventConsumerFigures;
}

/**
 * The events of a service, for its documents and its metrics. They are opened after NATS and the database, in the order
 * relay, consumers, and so closed in reverse, when no request comes any more. That events wait never makes a service unready.
 */
export interface ServedEvents {
  /** The kinds of events that it tells of. */
  sent?: readonly EventDefinition[];
  relay?: Pick<EventRelay, 'figures'>;
  consumers?: readonly ShownConsumer[];
  /** The kinds of events that it hears of besides those of its consumers. */
  heard?: readonly EventDefinition[];
}

function showRelay(metrics: Metrics, relay: Pick<EventRelay, 'figures'>): void {
  const gauges = [
    ['events_waiting', 'Events in the outbox', () => relay.figures.waiting],
    [
      'events_oldest_age_seconds',
      'How long the oldest of them waits',
      () => relay.figures.oldestAgeMs / 1_000,
    ],
  ] as const;
  const counters = [
    ['events_published_total', 'Events that this instance published', () => relay.figures.published],
    ['events_publish_failures_total', 'Rounds of publishing that failed', () => relay.figures.failures],
  ] as const;
  for (const [name, help, value] of gauges) metrics.collect({ name, help }, () => [{ value: value() }]);
  for (const [name, help, value] of counters)
    metrics.collect({ name, help, type: 'counter' }, () => [{ value: value() }]);
}

/** What became of an event, as the label `outcome` has it. */
const outcomes = ['handled', 'repeated', 'failed', 'parked'] as const;

function showConsumers(metrics: Metrics, consumers: readonly ShownConsumer[]): void {
  metrics.collect(
    {
      name: 'events_consumed_total',
      help: 'Events handled, known already, given up, and tries that failed, by consumer',
      type: 'counter',
      labels: ['consumer', 'outcome'],
    },
    () =>
      consumers.flatMap(({ figures }): Sample[] =>
        outcomes.map((outcome) => ({
          labels: { consumer: figures.name, outcome },
          value: figures[outcome],
        })),
      ),
  );
  metrics.collect(
    {
      name: 'events_behind',
      help: 'Events behind the one that came last, by consumer',
      labels: ['consumer'],
    },
    () => consumers.map(({ figures }) => ({ labels: { consumer: figures.name }, value: figures.waiting })),
  );
}

/** Shows the events of a service in its documents and, where it has metrics, among them. */
export function showEvents(
  { sent = [], relay, consumers = [], heard = [] }: ServedEvents,
  router: Router,
  metrics: Metrics | undefined,
): void {
  const consumed = consumers.flatMap(({ events }) => events);
  router.describeEvents({ sent, heard: [...new Set([...consumed, ...heard])] });
  if (metrics === undefined) return;
  if (relay !== undefined) showRelay(metrics, relay);
  if (consumers.length > 0) showConsumers(metrics, consumers);
}
