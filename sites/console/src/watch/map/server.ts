import type { Member } from '../member/roll-call.ts';
import type { Dependency } from '../metrics/reading.ts';
import type { MapNode } from '../snapshot.ts';

/** What the processes use. */
export type ServerKind = 'nats' | 'postgres' | 'mongo' | 'redis';

/** What a process says of a server that it uses. */
export interface Opinion {
  readonly member: Member;
  readonly dependency: Dependency;
}

const kinds: Readonly<Record<string, ServerKind>> = {
  NATS: 'nats',
  PostgreSQL: 'postgres',
  MongoDB: 'mongo',
  Redis: 'redis',
};
export const serverNames: Readonly<Record<ServerKind, string>> = {
  nats: 'NATS',
  postgres: 'PostgreSQL',
  mongo: 'MongoDB',
  redis: 'Redis',
};

/** What kind of server a dependency is; undefined for one that the map does not know. */
export const serverKindOf = ({ name }: Dependency): ServerKind | undefined => kinds[name];

/** By which the map knows a server. */
export const serverId = (kind: ServerKind, address?: string): string =>
  kind === 'nats' || address === undefined ? kind : `${kind}-${address}`;

/** How a server is, by what those who use it say: down when all of them say so. */
export function serverNode(kind: ServerKind, opinions: readonly Opinion[]): MapNode {
  const address = opinions.find(({ dependency }) => dependency.address !== undefined)?.dependency.address;
  const missed = opinions.filter(({ dependency }) => !dependency.up);
  const about = missed.length > 0 ? missed : opinions;
  const since = about.flatMap(({ dependency }) => dependency.since ?? []);
  const names = [...new Set(missed.map(({ member }) => member.name))];
  return {
    id: serverId(kind, address),
    kind,
    name: serverNames[kind],
    health: missed.length === 0 ? 'up' : missed.length === opinions.length ? 'down' : 'degraded',
    since: since.length === 0 ? Date.now() : Math.min(...since),
    ...(address === undefined ? {} : { address }),
    ...(names.length === 0 ? {} : { note: `not reached by ${names.join(', ')}` }),
  };
}
