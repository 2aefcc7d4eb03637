import type { Member } from '../member/roll-call.ts';
import type { MapLine, MapNode } from '../snapshot.ts';
import { type Opinion, serverId, serverKindOf, serverNames, serverNode } from './server.ts';
import type { Sighting } from './sighting.ts';

/** By which the map knows a gateway that does not show itself. */
export const unseenGateway = 'gateway';

const bytesInMiB = 1024 * 1024;

function memberNode(member: Member, { readings, traffic }: Sighting): MapNode {
  const { id, name, kind, version, http, startedAt, goneAt, farewell } = member;
  const own = { id, kind, name, instance: id, version, ...(http === undefined ? {} : { address: http }) };
  if (goneAt !== undefined)
    return { ...own, health: 'gone', since: goneAt, ...(farewell && { note: farewell }) };
  const reading = readings.get(id);
  const missed = reading?.dependencies.filter(({ up }) => !up) ?? [];
  const memory = reading?.values.get('process_resident_memory_bytes');
  const flow = traffic.find('node', id);
  return {
    ...own,
    health: missed.length === 0 ? 'up' : 'degraded',
    since: Math.min(
      ...missed.map(({ since }) => since ?? Date.now()),
      missed.length === 0 ? startedAt : Date.now(),
    ),
    ...(memory === undefined ? {} : { memoryMiB: Math.round(memory / bytesInMiB) }),
    ...(flow === undefined ? {} : { perSec: flow.perSec, errorsPerSec: flow.errorsPerSec }),
    ...(missed.length === 0 ? {} : { note: `${missed.map((one) => one.name).join(', ')} cannot be reached` }),
  };
}

/** What all processes say of each server, by the server's id. */
function opinionsOf({ members, readings }: Sighting): Map<string, Opinion[]> {
  const found = new Map<string, Opinion[]>();
  for (const member of members) {
    for (const dependency of readings.get(member.id)?.dependencies ?? []) {
      const kind = serverKindOf(dependency);
      if (kind === undefined) continue;
      const id = serverId(kind, dependency.address);
      found.set(id, [...(found.get(id) ?? []), { member, dependency }]);
    }
  }
  return found;
}

function natsNode({ nats }: Sighting, opinions: readonly Opinion[]): MapNode {
  const said = opinions.length === 0 ? undefined : serverNode('nats', opinions);
  if (nats.up && said !== undefined && said.health !== 'up') return { ...said, health: 'degraded' };
  const health = nats.up ? 'up' : 'down';
  return { id: 'nats', kind: 'nats', name: serverNames.nats, health, since: nats.since };
}

/** What a server is asked by all together. */
function withRates(node: MapNode, lines: readonly MapLine[]): MapNode {
  const mine = lines.filter(({ to }) => to === node.id);
  const sum = (amountOf: (line: MapLine) => number) =>
    mine.reduce((total, line) => total + amountOf(line), 0);
  return { ...node, perSec: sum((line) => line.perSec), errorsPerSec: sum((line) => line.errorsPerSec) };
}

/** Everything that stands on the map; `lines` are what the servers' rates are summed up from. */
export function nodesOf(sighting: Sighting, lines: readonly MapLine[]): MapNode[] {
  const { members, gateway } = sighting;
  const opinions = opinionsOf(sighting);
  const servers = [...opinions.values()].flatMap((some) => {
    const kind = some[0] === undefined ? undefined : serverKindOf(some[0].dependency);
    return kind === undefined || kind === 'nats' ? [] : [serverNode(kind, some)];
  });
  const unseen: MapNode[] =
    gateway === undefined
      ? []
      : [
          {
            id: unseenGateway,
            kind: 'gateway',
            name: 'gateway',
            health: gateway.up ? 'up' : 'down',
            since: gateway.since,
            address: gateway.url,
          },
        ];
  return [
    ...unseen,
    ...members.map((member) => memberNode(member, sighting)),
    ...[natsNode(sighting, opinions.get('nats') ?? []), ...servers].map((node) => withRates(node, lines)),
  ];
}
