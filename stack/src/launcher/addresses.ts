import { writeJson } from '../home/home.ts';
import type { Surroundings } from './definition.ts';
import type { Unit } from './unit.ts';

/**
 * What `.stack/addresses.json` says: URLs that work as they are, by the name of a server or service; key files, and the
 * pid of each process.
 */
export interface Addresses {
  readonly rsaPrivateKey: string;
  readonly rsaPublicKey: string;
  readonly pids: Readonly<Record<string, number>>;
  /** Where each process of a service shows its metrics. */
  readonly metrics: Readonly<Record<string, string>>;
  /** The URLs of all instances of each service; the first stands under the service's own name too. */
  readonly instances: Readonly<Record<string, readonly string[]>>;
  /** The URL of each service's own database. */
  readonly databases: Readonly<Record<string, string>>;
  readonly [name: string]: string | Readonly<Record<string, number | string | readonly string[]>>;
}

/** The addresses of this moment. */
export function toAddresses(surroundings: Surroundings, units: Iterable<Unit>): Addresses {
  const { host, instances, urls, databases, rsaPrivateKey, rsaPublicKey } = surroundings;
  const all = Object.values(instances).flat();
  const lists = Object.entries(instances).map(([service, known]): [string, string[]] => [
    service,
    known.map(({ port }) => `http://${host}:${port}`),
  ]);
  const metrics = all.map(({ name, metricsPort }) => [name, `http://${host}:${metricsPort}/metrics`]);
  const pids = [...units].flatMap((unit) => (unit.pid === undefined ? [] : [[unit.name, unit.pid]]));
  return {
    ...Object.fromEntries(lists.flatMap(([service, [first]]) => (first ? [[service, first]] : []))),
    ...urls,
    rsaPrivateKey,
    rsaPublicKey,
    metrics: Object.fromEntries(metrics),
    instances: Object.fromEntries(lists),
    databases,
    pids: Object.fromEntries(pids),
  };
}

/** Writes them; readable by their owner only, as they contain passwords. */
export function writeAddresses(file: string, surroundings: Surroundings, units: Iterable<Unit>): void {
  writeJson(file, toAddresses(surroundings, units));
}
