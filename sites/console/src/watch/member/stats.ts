// What an instance says of itself when it is asked by $SRV.STATS: the NATS services protocol, ADR-32 of
// nats-io/nats-architecture-and-design.
import { compileParser, parseJson } from '@tsmicro/network';
import { type Static, Type } from '@tsmicro/schema';

const maxBytes = 256 * 1024;
const word = (maxLength: number) => Type.String({ minLength: 1, maxLength });

/** The part of the answer that is shown. */
const Stats = Type.Object({
  type: Type.Literal('io.nats.micro.v1.stats_response'),
  name: word(128),
  id: word(128),
  version: word(128),
  metadata: Type.Optional(
    Type.Record(Type.String(), Type.String({ maxLength: 1_024 }), { maxProperties: 32 }),
  ),
  started: word(64),
  endpoints: Type.Optional(
    Type.Array(Type.Object({ subject: word(256), num_requests: Type.Integer({ minimum: 0 }) }), {
      maxItems: 512,
    }),
  ),
});

const parse = compileParser(Stats, { root: 'stats' });

/** One instance of a process, as it says itself. */
export interface SaidOfItself {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly kind: 'gateway' | 'service' | 'site';
  /** Where its HTTP server is. */
  readonly http: string | undefined;
  /** Where its metrics are. */
  readonly metrics: string | undefined;
  /** In milliseconds of the epoch. */
  readonly startedAt: number;
  /** What its endpoints have answered since. */
  readonly endpoints: readonly { readonly subject: string; readonly total: number }[];
}

const kindOf = (text: string | undefined) => (text === 'gateway' || text === 'site' ? text : 'service');

const addressForm = /^http:\/\/(?:[\w.-]+|\[[\da-f:.]+\]):[1-9]\d{0,4}(?:\/metrics)?$/i;
const addressFrom = (text: string | undefined) =>
  text !== undefined && addressForm.test(text) && URL.canParse(text) ? text : undefined;

function toSaid({
  id,
  name,
  version,
  metadata = {},
  started,
  endpoints = [],
}: Static<typeof Stats>): SaidOfItself {
  const startedAt = Date.parse(started);
  return {
    id,
    name,
    version,
    kind: kindOf(metadata.kind),
    http: addressFrom(metadata.http),
    metrics: addressFrom(metadata.metrics),
    startedAt: Number.isNaN(startedAt) ? Date.now() : startedAt,
    endpoints: endpoints.map(({ subject, num_requests }) => ({ subject, total: num_requests })),
  };
}

/** Reads the answer of an instance; undefined for whatever else came. */
export function readStats(bytes: Uint8Array): SaidOfItself | undefined {
  if (bytes.length > maxBytes) return undefined;
  try {
    return toSaid(parse(parseJson(bytes)));
  } catch {
    return undefined;
  }
}
