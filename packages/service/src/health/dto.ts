import { Type } from '@tsmicro/schema';

/** That the service answers, and when it did. */
export const Health = Type.Object(
  { timestamp: Type.String({ description: 'RFC 3339' }), status: Type.Literal('OK') },
  { title: 'Health' },
);
export type Health = Type.Static<typeof Health>;

/** How each dependency is, as far as the service knows. */
export const ReadinessReport = Type.Object(
  {
    status: Type.Enum(['OK', 'DEGRADED'], { description: 'DEGRADED while any dependency is down' }),
    dependencies: Type.Array(
      Type.Object({
        name: Type.String(),
        state: Type.Enum(['up', 'down']),
        since: Type.String({ description: 'RFC 3339' }),
        required: Type.Boolean({ description: 'whether the service is of no use without it' }),
      }),
    ),
  },
  { title: 'Readiness' },
);
export type ReadinessReport = Type.Static<typeof ReadinessReport>;
