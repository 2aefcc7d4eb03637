import { hostname, networkInterfaces } from 'node:os';

const isWildcard = (host: string) => host === '0.0.0.0' || host === '[::]';
const inUrl = (host: string) => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);

/** The first address by which other machines reach this one, IPv4 before IPv6; its name where there is none. */
function ownHost(): string {
  const outer = Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).filter(({ internal, address }) => !internal && !address.startsWith('fe80:')),
  );
  const found = outer.find(({ family }) => family === 'IPv4') ?? outer[0];
  return found?.address ?? hostname();
}

/**
 * The address that discovery shows of a server that listens at `listening`, as in `http://0.0.0.0:8001`: with `host`
 * where one is given, and with an address of this machine in place of a wildcard, which nobody else could connect to.
 */
export function advertisedAddress(listening: string, host: string | undefined): string {
  const { hostname: heard, port } = new URL(listening);
  const shown = host ?? (isWildcard(heard) ? ownHost() : heard);
  return `http://${inUrl(shown)}:${port === '' ? 80 : port}`;
}

/** Where others find what a process offers besides its endpoints. */
export interface OwnAddresses {
  /** Where its HTTP server listens, as in `http://0.0.0.0:8001`. */
  readonly address?: string | undefined;
  /** Where its metrics are to be had, as in `http://0.0.0.0:9101/metrics`. */
  readonly metricsUrl?: string | undefined;
  /** The host that others are shown. @default the one that is listened on, or this machine's own */
  readonly advertisedHost?: string | undefined;
}

/** What discovery shows of them: `http` and `metrics`. */
export function addressMetadata({
  address,
  metricsUrl,
  advertisedHost,
}: OwnAddresses): Record<string, string> {
  return {
    ...(address === undefined ? {} : { http: advertisedAddress(address, advertisedHost) }),
    ...(metricsUrl === undefined
      ? {}
      : { metrics: advertisedAddress(metricsUrl, advertisedHost) + new URL(metricsUrl).pathname }),
  };
}
