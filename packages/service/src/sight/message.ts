// What those who look on and those who are looked at say to each other. Who looks says so on `sight.watch` again and again;
// each process then tells of its slow requests on `sight.<name>.slow`; asked on `sight.collect`, each that knows something
// of one of the traces says it on `sight.<name>.spans`. Nothing is a reply: who looks hears all of it anyway.
import { type Static, Type } from '@tsmicro/schema';

/** Where it is said. */
export const sightSubject = {
  watch: 'sight.watch',
  collect: 'sight.collect',
  slow: (service: string) => `sight.${service}.slow`,
  spans: (service: string) => `sight.${service}.spans`,
} as const;

const traceId = Type.String({ pattern: '^[0-9a-f]{32}$' });
const spanId = Type.String({ pattern: '^[0-9a-f]{16}$' });
const word = Type.String({ minLength: 1, maxLength: 300 });
const milliseconds = Type.Number({ minimum: 0 });

/** Somebody looks, for so long from now on. */
export const SightLeaseMessage = Type.Object({
  leaseMs: Type.Number({ minimum: 1, maximum: 10_000 }),
  slowMs: milliseconds,
});
export type SightLeaseMessage = Static<typeof SightLeaseMessage>;

/** A request took long. */
export const SlowRequestMessage = Type.Object({ traceId, name: word, durationMs: milliseconds });
export type SlowRequestMessage = Static<typeof SlowRequestMessage>;

/** What is known of these? */
export const CollectMessage = Type.Object({ traceIds: Type.Array(traceId, { minItems: 1, maxItems: 32 }) });
export type CollectMessage = Static<typeof CollectMessage>;

/** What one instance knows; the fields are those of a span of `@tsmicro/telemetry`. */
export const SpansMessage = Type.Object({
  instance: Type.String({ minLength: 1, maxLength: 64 }),
  spans: Type.Array(
    Type.Object({
      id: spanId,
      traceId,
      parentId: Type.Optional(spanId),
      kind: word,
      name: word,
      startedAt: milliseconds,
      durationMs: milliseconds,
      status: Type.Optional(Type.Integer()),
      outcome: word,
    }),
    { maxItems: 512 },
  ),
});
export type SpansMessage = Static<typeof SpansMessage>;
