import { writeJson } from '../home/home.ts';
import type { Surroundings } from './definition.ts';
import type { Unit } from './unit.ts';

/** What `.stack/addresses.json` says: URLs that work as they are, key files, and the pid of each process. */
export interface Addresses {
  readonly rsaPrivateKey: string;
  readonly rsaPublicKey: string;
  readonly pids: Readonly<Record<string, number>>;
  readonly [name: string]: string | Readonly<Record<string, number>>;
}

/** The addresses of this moment. */
export function toAddresses(surroundings: Surroundings, units: Iterable<Unit>): Addresses {
  const { host, ports, urls, rsaPrivateKey, rsaPublicKey } = surroundings;
  const services = Object.entries(ports).map(([name, port]) => [name, `http://${host}:${port}`]);
  const pids = [...units].flatMap((unit) => (unit.pid === undefined ? [] : [[unit.name, unit.pid]]));
  return {
    ...Object.fromEntries(services),
    ...urls,
    rsaPrivateKey,
    rsaPublicKey,
    pids: Object.fromEntries(pids),
  };
}

/** Writes them; readable by their owner only, as they contain passwords. */
export function writeAddresses(file: string, surroundings: Surroundings, units: Iterable<Unit>): void {
  writeJson(file, toAddresses(surroundings, units));
}
