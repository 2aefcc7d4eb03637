// Who talks to whom, out of what each process counts of its own work. What arrives at an instance came through a gateway:
// of several each has the share of it that its own count of what it sent says.
import type { Member } from '../member/roll-call.ts';
import type { Flow } from '../metrics/flow.ts';
import type { MapLine } from '../snapshot.ts';
import { unseenGateway } from './nodes.ts';
import { type ServerKind, serverId, serverKindOf } from './server.ts';
import type { Sighting } from './sighting.ts';

/** Whoever asks from outside, as the beginning of a line. */
export const visitors = 'visitors';

type End = Pick<MapLine, 'from' | 'to' | 'kind'>;

function toLine(end: End, flow: Flow, share = 1): MapLine {
  const p95Ms = flow.percentile(0.95);
  return {
    ...end,
    perSec: flow.perSec * share,
    errorsPerSec: flow.errorsPerSec * share,
    ...(p95Ms === undefined ? {} : { p95Ms }),
  };
}

const kindOfLine = (kind: ServerKind) => (kind === 'nats' ? 'nats' : kind === 'redis' ? 'cache' : 'database');

/** From a process to what it uses. */
function usingLines({ id }: Member, { readings, traffic }: Sighting, known: readonly string[]): MapLine[] {
  const dependencies = readings.get(id)?.dependencies ?? [];
  return (['nats', 'postgres', 'mongo', 'redis'] as const).flatMap((kind) => {
    const flow = traffic.find('used', id, kind);
    const own = dependencies.find((dependency) => serverKindOf(dependency) === kind);
    if (flow === undefined && own === undefined) return [];
    // One that does not say where it is, such as the Redis that a gateway counts in, is the one that others know.
    const to =
      own === undefined ? known.find((server) => server.startsWith(kind)) : serverId(kind, own.address);
    const end = { from: id, to: to ?? kind, kind: kindOfLine(kind) } as const;
    if (to === undefined) return [];
    return [flow === undefined ? { ...end, perSec: 0, errorsPerSec: 0 } : toLine(end, flow)];
  });
}

/** What a gateway has sent to a service; its declaration may have several entries of one, as `auth-signin`. */
function sentTo(service: string, gateway: string, { traffic }: Sighting): number {
  return traffic
    .points('sent')
    .filter(
      ({ parts: [from, to = ''] }) => from === gateway && (to === service || to.startsWith(`${service}-`)),
    )
    .reduce((sum, { flow }) => sum + flow.perSec, 0);
}

function arrivalLines(member: Member, gateways: readonly string[], sighting: Sighting): MapLine[] {
  const flow = sighting.traffic.find('arrival', member.id);
  const sent = gateways.map((gateway) => sentTo(member.name, gateway, sighting));
  const total = sent.reduce((sum, one) => sum + one, 0);
  return gateways.map((from, i) => {
    const end = { from, to: member.id, kind: 'http' } as const;
    if (flow === undefined) return { ...end, perSec: 0, errorsPerSec: 0 };
    return toLine(end, flow, total > 0 ? (sent[i] ?? 0) / total : 1 / gateways.length);
  });
}

/** From a site to the gateways: it is a client of theirs. */
function siteLines(site: Member, gateways: readonly string[], { traffic }: Sighting): MapLine[] {
  const flow = traffic.find('sent', site.id, 'gateway');
  if (flow === undefined) return [];
  return gateways.map((to) => toLine({ from: site.id, to, kind: 'http' }, flow, 1 / gateways.length));
}

/** From outside: what arrives at a gateway and did not come from a site. */
function visitorLines(
  gateways: readonly string[],
  fromSites: readonly MapLine[],
  { traffic }: Sighting,
): MapLine[] {
  return gateways.map((to) => {
    const end = { from: visitors, to, kind: 'http' } as const;
    const flow = traffic.find('arrival', to);
    if (flow === undefined) return { ...end, perSec: 0, errorsPerSec: 0 };
    const line = toLine(end, flow);
    const inner = fromSites.filter((one) => one.to === to).reduce((sum, one) => sum + one.perSec, 0);
    const perSec = Math.max(0, line.perSec - inner);
    return { ...line, perSec, errorsPerSec: Math.min(perSec, line.errorsPerSec) };
  });
}

/** Every line of the map. */
export function linesOf(sighting: Sighting): MapLine[] {
  const here = sighting.members.filter(({ goneAt }) => goneAt === undefined);
  const shown = here.filter(({ kind }) => kind === 'gateway').map(({ id }) => id);
  const gateways = shown.length > 0 || sighting.gateway === undefined ? shown : [unseenGateway];
  const behind = here.filter(({ kind, http }) => kind !== 'gateway' && http !== undefined);
  const known = here.flatMap(({ id }) =>
    (sighting.readings.get(id)?.dependencies ?? []).flatMap((dependency) => {
      const kind = serverKindOf(dependency);
      return kind === undefined ? [] : [serverId(kind, dependency.address)];
    }),
  );
  const fromSites = here.flatMap((member) => siteLines(member, gateways, sighting));
  return [
    ...visitorLines(gateways, fromSites, sighting),
    ...behind.flatMap((member) => arrivalLines(member, gateways, sighting)),
    ...fromSites,
    ...here.flatMap((member) => usingLines(member, sighting, ['nats', ...known])),
  ];
}
