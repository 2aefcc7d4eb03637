import Type from 'typebox';

/** What a running service says of itself. */
export const Health = Type.Object({
  timestamp: Type.String({ description: 'RFC 3339' }),
  status: Type.String(),
});
export type Health = Type.Static<typeof Health>;
