import type { EventLog } from './event/event-log.ts';
import { consumersOf, relaysOf } from './event/figures.ts';
import type { Faults } from './faults.ts';
import { linesOf } from './map/lines.ts';
import { nodesOf } from './map/nodes.ts';
import type { Sighting } from './map/sighting.ts';
import type { SlowRequests } from './slow/slow-requests.ts';
import type { CacheFigures, EndpointFigures, RouteFigures, Snapshot } from './snapshot.ts';

/** What is known besides what a round of looking finds. */
export interface Known {
  readonly events: EventLog;
  readonly slow: SlowRequests;
  readonly faults: Faults;
}

const nothing = { perSec: 0, errorsPerSec: 0, history: [] };

function routesOf({ traffic }: Sighting): RouteFigures[] {
  return traffic
    .points('route')
    .map(({ parts: [service = '', method = '', route = ''], flow }) => ({
      service,
      method,
      route,
      ...flow.figures,
    }))
    .sort((a, b) => a.service.localeCompare(b.service) || a.route.localeCompare(b.route));
}

/** Every endpoint that an instance offers, whether or not anybody asks it. */
function endpointsOf({ members, traffic }: Sighting): EndpointFigures[] {
  const found = new Map<string, EndpointFigures>();
  for (const { name: service, goneAt, endpoints } of members) {
    if (goneAt !== undefined) continue;
    for (const { subject, total } of endpoints) {
      const figures = traffic.find('endpoint', service, subject)?.figures ?? nothing;
      const before = found.get(subject)?.total ?? 0;
      found.set(subject, { service, subject, ...figures, total: before + total });
    }
  }
  return [...found.values()].sort((a, b) => a.subject.localeCompare(b.subject));
}

function cachesOf({ traffic }: Sighting): CacheFigures[] {
  return traffic
    .points('cache')
    .map(({ parts: [service = '', name = ''], flow: { perSec, errorsPerSec } }) => ({
      service,
      name,
      perSec,
      ...(perSec > 0 ? { hitRatio: 1 - errorsPerSec / perSec } : {}),
    }))
    .sort((a, b) => a.service.localeCompare(b.service) || a.name.localeCompare(b.name));
}

/** All that there is to see, out of a round of looking and what was heard in the meantime. */
export function composeSnapshot(sighting: Sighting, { events, slow, faults }: Known): Snapshot {
  const lines = linesOf(sighting);
  return {
    at: Date.now(),
    nodes: nodesOf(sighting, lines),
    lines,
    routes: routesOf(sighting),
    endpoints: endpointsOf(sighting),
    slow: slow.traces(),
    events: events.events,
    relays: relaysOf(sighting),
    consumers: consumersOf(sighting, events.backlogs),
    caches: cachesOf(sighting),
    parked: events.parked,
    faults: faults.lines,
  };
}
