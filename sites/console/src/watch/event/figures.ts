import type { ConsumerBacklog } from '@tsmicro/micro';
import type { Sighting } from '../map/sighting.ts';
import type { ConsumerFigures, RelayFigures } from '../snapshot.ts';

/** The outboxes, as the relay of each instance sees its own. */
export function relaysOf({ members, readings }: Sighting): RelayFigures[] {
  return members.flatMap(({ id, name }) => {
    const reading = readings.get(id);
    const waiting = reading?.values.get('events_waiting');
    if (reading === undefined || waiting === undefined) return [];
    const oldestSec = reading.values.get('events_oldest_age_seconds') ?? 0;
    const [published] = [...reading.counted.values()].filter(
      ({ metric }) => metric === 'events_published_total',
    );
    return [{ service: name, instance: id, waiting, oldestSec, published: published?.count ?? 0 }];
  });
}

interface Counts {
  service: string;
  handled: number;
  failed: number;
  parked: number;
}

/** What the instances that run have done, by consumer. */
function countsOf({ members, readings }: Sighting): Map<string, Counts> {
  const found = new Map<string, Counts>();
  for (const { id, name } of members) {
    for (const { metric, labels, count } of readings.get(id)?.counted.values() ?? []) {
      const { consumer, outcome } = labels;
      if (metric !== 'events_consumed_total' || consumer === undefined) continue;
      const counts = found.get(consumer) ?? { service: name, handled: 0, failed: 0, parked: 0 };
      found.set(consumer, counts);
      if (outcome === 'handled' || outcome === 'failed' || outcome === 'parked') counts[outcome] += count;
    }
  }
  return found;
}

/** Whose consumer it is, by its name, `<service>-<whose events>`. */
const serviceOf = (consumer: string) => consumer.slice(0, consumer.lastIndexOf('-'));

/** The consumers of events: what they have done, and what they have before them even while nobody runs them. */
export function consumersOf(sighting: Sighting, backlogs: readonly ConsumerBacklog[]): ConsumerFigures[] {
  const counts = countsOf(sighting);
  const pending = new Map(backlogs.map((backlog) => [backlog.name, backlog.pending]));
  const names = [...new Set([...pending.keys(), ...counts.keys()])].sort();
  return names.map((name) => {
    const done = counts.get(name) ?? { service: serviceOf(name), handled: 0, failed: 0, parked: 0 };
    return { name, pending: pending.get(name) ?? 0, ...done };
  });
}
