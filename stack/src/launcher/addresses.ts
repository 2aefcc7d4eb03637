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
  /** Where each service shows its metrics. */
  readonly metrics: Readonly<Record<string, string>>;
  /** The URL of each service's own database. */
  readonly databases: Readonly<Record<string, string>>;
  readonly [name: string]: string | Readonly<Record<string, number | string>>;
}

/** The addresses of this moment. */
export function toAddresses(surroundings: Surroundings, units: Iterable<Unit>): Addresses {
  const { host, ports, metricsPorts, urls, databases, rsaPrivateKey, rsaPublicKey } = surroundings;
  const services = Object.entries(ports).map(([name, port]) => [name, `http://${host}:${port}`]);
  const metrics = Object.entries(metricsPorts).map(([name, port]) => [
    name,
    `http://${host}:${port}/metrics`,
  ]);
  const pids = [...units].flatMap((unit) => (unit.pid === undefined ? [] : [[unit.name, unit.pid]]));
  return {
    ...Object.fromEntries(services),
    ...urls,
    rsaPrivateKey,
    rsaPublicKey,
    metrics: Object.fromEntries(metrics),
    databases,
    pids: Object.fromEntries(pids),
  };
}

/** Writes them; readable by their owner only, as they contain passwords. */
export function writeAddresses(file: string, surroundings: Surroundings, units: Iterable<Unit>): void {
  writeJson(file, toAddresses(surroundings, units));
}
