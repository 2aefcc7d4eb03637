// What the suite declares, written out as YAML only when a gateway loads it.
import type { Upstream } from './upstream.ts';

/** Fields of an entity, under Kong's names. */
export type Fields = Readonly<Record<string, unknown>>;

/** The entities of a declarative configuration. */
export interface Declaration {
  readonly services: readonly Fields[];
  readonly upstreams?: readonly Fields[];
  readonly plugins?: readonly Fields[];
}

/** The expression of a prefix that ends at a "/": the plain path `/auth` would match `/authsignin` too. */
export function bounded(prefix: string): string {
  return `~${prefix}(?:/|$)`;
}

/**
 * A service in front of one server, or of an upstream by its name, with one route: by default the bounded prefix that
 * is the service's name. It tries nothing again and waits 5 s unless `fields` say otherwise.
 */
export function serviceOf(name: string, to: Upstream | string, fields: Fields = {}): Fields {
  return {
    name,
    url: `http://${typeof to === 'string' ? to : to.address}`,
    connect_timeout: 1_000,
    read_timeout: 5_000,
    write_timeout: 5_000,
    retries: 0,
    routes: [{ name, paths: [bounded(`/${name}`)] }],
    ...fields,
  };
}

/** An upstream of several servers. */
export function upstreamOf(name: string, targets: readonly Upstream[], fields: Fields = {}): Fields {
  return { name, targets: targets.map(({ address }) => ({ target: address, weight: 100 })), ...fields };
}
